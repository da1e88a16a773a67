// What a script adds to every page: a slider beside each field that asks for a day, and a button that prints.
// Without it the field and the browser's own Print do the same.
const day = 86_400_000; // milliseconds
const inWords = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

function slide(field, first) {
  const last = Date.parse(field.max);
  if (!(last > first)) return;
  const slider = Object.assign(document.createElement("input"), {
    type: "range",
    id: `${field.id}-slider`,
    className: "slider",
    min: 0,
    max: (last - first) / day,
  });
  const label = Object.assign(document.createElement("label"), { htmlFor: slider.id, className: "govuk-label", textContent: "Or slide to a day" });

  const say = () => slider.setAttribute("aria-valuetext", inWords.format(first + slider.value * day));
  const follow = () => {
    slider.value = ((Date.parse(field.value) || last) - first) / day;
    say();
  };
  slider.addEventListener("input", () => {
    field.value = new Date(first + slider.value * day).toISOString().slice(0, 10);
    say();
  });
  field.addEventListener("input", follow);
  follow();

  const group = Object.assign(document.createElement("div"), { className: "govuk-form-group" });
  group.append(label, slider);
  field.closest(".govuk-form-group").after(group);
}

for (const field of document.querySelectorAll("[data-first] .as-of input[type=date]")) {
  slide(field, Date.parse(field.closest("[data-first]").dataset.first));
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
  button.hidden = false;
}
