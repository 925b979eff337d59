// The page for editors: asks the service, shows images and words, and keeps the question in the address.

const byId = (id) => document.getElementById(id);
const FIELDS = ["page_title", "section_title", "text", "index", "collection", "width", "bm25"];
const SHOWN_WORDS = 24;
const WAIT_MS = 350;

const raised = new Set();
const struck = new Set();
const added = new Set();
const leftOut = new Set();
let indices = [];
let words = {};
let underWay = null;
let waiting = 0;

async function ask(path, body) {
  underWay?.abort();
  underWay = new AbortController();
  const headers = { "Content-Type": "application/json" };
  const token = sessionStorage.getItem("token");
  if (token) headers.Authorization = `Bearer ${token}`;
  const options = { headers, signal: underWay.signal };
  const answer = await fetch(path, body ? { ...options, method: "POST", body: JSON.stringify(body) } : options);
  const told = await answer.json().catch(() => ({}));
  byId("access").hidden = answer.status !== 401;
  if (!answer.ok) throw new Error([told.detail ?? `The service answers with ${answer.status}.`, told.advice].filter(Boolean).join(" "));
  return told;
}

function question() {
  const chosen = indices.find((each) => each.name === byId("index").value);
  const share = Number(byId("bm25").value);
  const known = chosen?.hybrid?.field;
  const filters = byId("collection").value.trim() ? { collection: [byId("collection").value.trim()] } : {};
  const least = byId("width").value ? { width: Number(byId("width").value) } : {};
  return {
    section: Object.fromEntries(["page_title", "section_title", "text"].map((name) => [name, byId(name).value])),
    index: chosen?.name,
    size: 24,
    explain: true,
    thumbnails: true,
    distinct: byId("distinct").checked,
    hybrid: share && known ? `${known}:${(chosen.hybrid.weight * share).toPrecision(4)}` : "",
    filters,
    at_least: least,
    exclude: [...leftOut],
    veto: [...struck],
    boost: Object.fromEntries([...raised].map((word) => [word, 2]).concat([...added].map((word) => [word, 1]))),
  };
}

function isEmpty({ section }) {
  return !Object.values(section).some((text) => text.trim());
}

async function suggest() {
  const asked = question();
  keepInAddress();
  if (isEmpty(asked)) {
    show({ images: [], words: {} }, "");
    return;
  }
  byId("status").textContent = "Looking for images…";
  try {
    const found = await ask("/v1/suggest", asked);
    const count = found.images.length;
    const matching = found.total > count ? ` of ${found.total} that match` : "";
    const said = count ? `${count === 1 ? "1 image" : `${count} images`}${matching}.` : "No image matches.";
    show(found, [said, found.doubts].filter(Boolean).join("\n"));
  } catch (error) {
    if (error.name === "AbortError") return;
    const gone = error instanceof TypeError ? "The service does not answer. Is it running?" : error.message;
    byId("status").textContent = gone;
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(suggest, WAIT_MS);
}

function show(found, said) {
  byId("status").textContent = said;
  words = found.words;
  showWords();
  byId("images").replaceChildren(...found.images.map(card));
  byId("left-out").hidden = leftOut.size === 0;
  byId("left-out").firstElementChild.textContent = leftOut.size === 1 ? "1 image is left out." : `${leftOut.size} images are left out.`;
}

function showWords() {
  const names = [...new Set([...added, ...raised, ...struck, ...Object.keys(words).filter(isWord).slice(0, SHOWN_WORDS)])];
  byId("words").hidden = names.length === 0;
  const focused = document.activeElement?.dataset?.key;
  byId("chips").replaceChildren(...names.map(chip));
  if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function isWord(word) {
  return /[\p{L}\p{N}]/u.test(word);
}

function chip(word) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = word;
  item.classList.toggle("struck", struck.has(word));
  item.classList.toggle("raised", raised.has(word));
  item.append(name, toggle(word, "▲", "Count double", raised, struck), toggle(word, "✕", "Strike out", struck, raised));
  return item;
}

function toggle(word, sign, says, own, other) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = sign;
  button.title = says;
  button.dataset.key = `${says} ${word}`;
  button.setAttribute("aria-label", `${says}: ${word}`);
  button.setAttribute("aria-pressed", String(own.has(word)));
  button.addEventListener("click", () => {
    if (own === struck && added.delete(word)) {
      // An added word is taken away again.
    } else if (!own.delete(word)) {
      own.add(word);
      other.delete(word);
    }
    suggest();
  });
  return button;
}

function card(image) {
  const item = byId("image").content.firstElementChild.cloneNode(true);
  const caption = image.captions.join(" | ");
  const why = Object.keys(image.words ?? {}).filter((word) => image.words[word] >= 0.05).slice(0, 4);
  const picture = item.querySelector("img");
  picture.alt = caption || image.id;
  picture.addEventListener("error", () => picture.replaceWith("No picture"));
  picture.src = image.thumbnail ?? image.picture;
  item.querySelector(".caption").append(...marked(caption, why));
  item.querySelector(".why").append(...reason(why, image.bm25));
  item.querySelector(".about").textContent = [image.width && image.height ? `${image.width} × ${image.height} pixels` : "", image.page].filter(Boolean).join(", ");
  item.querySelector(".id").textContent = image.id;
  item.querySelector(".open").href = image.picture;
  item.querySelector(".open").setAttribute("aria-label", `Open the picture ${image.id}`);
  for (const button of item.querySelectorAll("[data-copy]")) {
    button.setAttribute("aria-label", `Copy ${image.id} as ${button.textContent}`);
    button.addEventListener("click", () => copy(button, reference(button.dataset.copy, image, caption)));
  }
  const leave = item.querySelector("[data-leave-out]");
  leave.setAttribute("aria-label", `Leave out ${image.id}`);
  leave.addEventListener("click", () => {
    leftOut.add(image.id);
    suggest();
  });
  return item;
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

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    byId("status").textContent = `Copied: ${text}`;
  } catch {
    // Browsers give the clipboard to pages of this machine and of https only.
    byId("status").textContent = `Copy this: ${text}`;
  }
}

function keepInAddress() {
  const kept = new URLSearchParams();
  for (const name of FIELDS) if (byId(name).value && byId(name).value !== "0") kept.set(name, byId(name).value);
  if (byId("distinct").checked) kept.set("distinct", "1");
  for (const [name, some] of [["raise", raised], ["strike", struck], ["add", added], ["without", leftOut]]) for (const each of some) kept.append(name, each);
  history.replaceState(null, "", kept.size ? `#${kept}` : location.pathname);
}

function readAddress() {
  const kept = new URLSearchParams(location.hash.slice(1));
  for (const name of FIELDS) if (kept.has(name)) byId(name).value = kept.get(name);
  byId("distinct").checked = kept.has("distinct");
  for (const [name, some] of [["raise", raised], ["strike", struck], ["add", added], ["without", leftOut]]) {
    some.clear();
    kept.getAll(name).forEach((each) => some.add(each));
  }
  showShare();
}

function showShare() {
  const share = Number(byId("bm25").value);
  byId("bm25-value").textContent = share === 0 ? "none" : share === 1 ? "as the index advises" : `${share} times what the index advises`;
}

function forgetWords() {
  for (const some of [raised, struck, added, leftOut]) some.clear();
}

async function start() {
  try {
    indices = await ask("/v1/indices");
    byId("index").replaceChildren(...indices.map(({ name }) => new Option(name)));
  } catch (error) {
    byId("status").textContent = error instanceof TypeError ? "The service does not answer. Is it running?" : error.message;
    return;
  }
  readAddress();
  byId("bm25").disabled = !indices.some((each) => each.hybrid.field);
  if (!isEmpty(question())) suggest();
}

byId("question").addEventListener("submit", (event) => {
  event.preventDefault();
  suggest();
});
byId("question").addEventListener("input", (event) => {
  if (["page_title", "section_title", "text"].includes(event.target.id)) forgetWords();
  showShare();
  soon();
});
byId("clear").addEventListener("click", () => {
  byId("question").reset();
  forgetWords();
  showShare();
  suggest();
  byId("page_title").focus();
});
byId("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const word = byId("word").value.trim().toLowerCase();
  if (!word) return;
  (Object.hasOwn(words, word) ? raised : added).add(word);
  struck.delete(word);
  byId("word").value = "";
  suggest();
});
byId("show-again").addEventListener("click", () => {
  leftOut.clear();
  suggest();
});
byId("access").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", byId("token").value);
  byId("token").value = "";
  start();
});
addEventListener("hashchange", () => {
  readAddress();
  suggest();
});
start();
