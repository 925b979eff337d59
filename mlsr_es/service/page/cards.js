// An image as a card: picture, caption, reason, and what an editor can do with it.

const SHOWN_REASONS = 4;
const MOST_DESCRIBED = 120;
const LEAST_REASON = 0.05;
const WHERE = {
  read: "read in the image",
  label: "seen in the image",
  generated: "in a caption that a model wrote",
  name: "in the file's name",
};

// An image's card, or a section's, which has no picture (pictured). `acts` has what its buttons do (leaveOut, like,
// told), and gives pictures where a token guards them (guarded, picture).
export function card(image, template, acts) {
  const item = template.content.firstElementChild.cloneNode(true);
  const caption = image.captions.join(" | ");
  const why = Object.keys(image.words ?? {}).filter((word) => image.words[word] >= LEAST_REASON).slice(0, SHOWN_REASONS);
  if (acts.pictured) item.querySelector(".picture").replaceChildren(picture(image.thumbnail ?? image.picture, caption || image.id, acts));
  item.querySelector(".caption").append(...(caption ? marked(caption, why) : [described(image.described)]));
  item.querySelector(".why").append(...reason(why, image.bm25), where(why, image.found_in ?? {}));
  item.querySelector(".about").textContent = [image.width && image.height ? `${image.width} × ${image.height} pixels` : "", image.page].filter(Boolean).join(", ");
  item.querySelector(".id").textContent = image.id;
  item.querySelector(".open").hidden = acts.guarded;
  item.querySelector(".open").href = image.picture;
  item.querySelector(".open").setAttribute("aria-label", `Open the picture ${image.id}`);
  for (const button of item.querySelectorAll("[data-copy]")) {
    button.setAttribute("aria-label", `Copy ${image.id} as ${button.textContent}`);
    button.addEventListener("click", () => copy(reference(button.dataset.copy, image, caption), acts.told));
  }
  does(item.querySelector("[data-leave-out]"), `Leave out ${image.id}`, () => acts.leaveOut(image));
  does(item.querySelector("[data-like]"), `More like ${image.id}`, () => acts.like(image));
  if (image.alike) copies(item, image, acts);
  return item;
}

// What is said of an image that has no caption.
function described(texts) {
  const kind = Object.keys(WHERE).find((each) => texts[each]);
  return kind ? `No caption; ${WHERE[kind]}: ${shortened(texts[kind])}` : "";
}

function shortened(text) {
  return text.length > MOST_DESCRIBED ? `${text.slice(0, MOST_DESCRIBED)}…` : text;
}

function does(button, label, act) {
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
}

function picture(address, text, acts) {
  const shown = document.createElement("img");
  shown.alt = text;
  shown.loading = "lazy";
  const missing = () => shown.replaceWith("No picture");
  shown.addEventListener("error", missing);
  if (acts.guarded && address.startsWith("/")) acts.picture(address).then((data) => (shown.src = data), missing);
  else shown.src = address;
  return shown;
}

function copies(item, image, acts) {
  const part = item.querySelector(".alike");
  part.hidden = false;
  part.querySelector("summary").textContent = `${image.alike.length} alike`;
  part.addEventListener("toggle", () => {
    const list = part.querySelector("ul");
    if (!part.open || list.childElementCount) return;
    for (const id of image.alike) {
      const copy = document.createElement("li");
      const address = image.picture.replace(/\/images\/[^/]*\//, () => `/images/${encodeURIComponent(id)}/`);
      copy.append(picture(address, "", acts), id);
      list.append(copy);
    }
  });
}

function reason(why, bm25) {
  if (!why.length) return [bm25 ? "for its words (BM25)" : ""];
  const parts = ["for "];
  why.forEach((word, place) => {
    if (place) parts.push(place === why.length - 1 ? " and " : ", ");
    const name = document.createElement("em");
    name.textContent = word;
    parts.push(name);
  });
  return parts;
}

// Where the words are that no caption has.
function where(why, found) {
  const told = Object.entries(WHERE).map(([kind, place]) => {
    const words = why.filter((word) => found[word] === kind);
    return words.length ? ` (${place}: ${words.join(", ")})` : "";
  });
  return told.join("");
}

function marked(caption, why) {
  const whole = why.filter((word) => !word.includes("…"));
  if (!whole.length) return [caption];
  const either = whole.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const parts = caption.split(new RegExp(`(?<![\\p{L}\\p{N}])(${either})(?![\\p{L}\\p{N}])`, "giu"));
  return parts.map((part, place) => {
    if (place % 2 === 0) return part;
    const mark = document.createElement("mark");
    mark.textContent = part;
    return mark;
  });
}

function reference(kind, image, caption) {
  const name = image.id.split("/").pop();
  const line = caption.replace(/\s+/g, " ");
  if (kind === "wiki") return `[[File:${name}|thumb|${line.replace(/[[\]{|}]/g, " ")}]]`;
  if (kind === "markdown") return `![${line.replace(/[\\[\]]/g, "\\$&")}](<${image.id.replace(/[<>]/g, encodeURIComponent)}>)`;
  const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
  const size = image.width && image.height ? ` width="${image.width}" height="${image.height}"` : "";
  return `<img src="${escape(image.id)}" alt="${escape(line)}"${size}>`;
}

async function copy(text, told) {
  try {
    await navigator.clipboard.writeText(text);
    told(`Copied: ${text}`);
  } catch {
    // Browsers give the clipboard to pages of this machine and of https only.
    told(`Copy this: ${text}`);
  }
}
