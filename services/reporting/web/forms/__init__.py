"""The forms that people fill in, by the name at the end of their address, in the order of the page that lists them."""

from collections.abc import Mapping

from services.reporting.web.forms import capacity, learning, loop, priorities, support, terms
from services.reporting.web.forms.form import Form

forms: Mapping[str, Form] = {
    form.name: form for each in (loop, capacity, learning, support, priorities, terms) for form in each.forms
}
