// Filters by the values that an index has: a choice where they are few, a field with suggestions where they are many.

const FEW = 30;

// Shows one filter for each field of which the index has several values. `values` is field to value to number of images.
export function showFilters(place, values) {
  const fields = Object.entries(values).filter(([, each]) => Object.keys(each).length > 1);
  place.replaceChildren(...fields.map(([field, each]) => filter(field, Object.entries(each))));
}

// Field to chosen value, of those that are chosen.
export function chosen(place) {
  const inputs = [...place.querySelectorAll("[data-field]")];
  return Object.fromEntries(inputs.filter((input) => input.value.trim()).map((input) => [input.dataset.field, input.value.trim()]));
}

function filter(field, values) {
  const part = document.createElement("div");
  part.className = "field";
  const label = document.createElement("label");
  label.textContent = field[0].toUpperCase() + field.slice(1);
  label.htmlFor = `filter-${field}`;
  const counted = values.map(([value, count]) => new Option(`${value} (${count})`, value));
  if (values.length <= FEW) {
    const choice = document.createElement("select");
    choice.append(new Option("any", ""), ...counted);
    part.append(label, named(choice, field));
    return part;
  }
  const input = document.createElement("input");
  const list = document.createElement("datalist");
  input.autocomplete = "off";
  list.id = `values-${field}`;
  list.append(...counted);
  input.setAttribute("list", list.id);
  part.append(label, named(input, field), list);
  return part;
}

function named(input, field) {
  input.id = `filter-${field}`;
  input.dataset.field = field;
  return input;
}
