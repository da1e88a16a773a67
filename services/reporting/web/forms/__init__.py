"""The forms that people fill in, by the name at the end of their address, in the order of the page that lists them."""

from collections.abc import Mapping

from services.reporting.web.forms import capacity, learning, loop, priorities, support
from services.reporting.web.forms.form import Form

forms: Mapping[str, Form] = {
    form.name: form for form in (*loop.forms, *capacity.forms, *learning.forms, *support.forms, *priorities.forms)
}
