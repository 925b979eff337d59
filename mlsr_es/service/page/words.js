// The words of the query as chips: each can count double or be struck out.

const SHOWN = 24;

// Shows the words again after each answer. `changed` is called when an editor has changed one.
export class Words {
  constructor(section, list, changed) {
    [this.section, this.list, this.changed] = [section, list, changed];
    this.forget();
  }

  forget() {
    [this.raised, this.struck, this.added] = [new Set(), new Set(), new Set()];
    this.found = {};
  }

  get boost() {
    return Object.fromEntries([...this.raised].map((word) => [word, 2]).concat([...this.added].map((word) => [word, 1])));
  }

  add(word) {
    (Object.hasOwn(this.found, word) ? this.raised : this.added).add(word);
    this.struck.delete(word);
  }

  show(found) {
    this.found = found;
    const names = [...new Set([...this.added, ...this.raised, ...this.struck, ...Object.keys(found).filter(isWord).slice(0, SHOWN)])];
    this.section.hidden = names.length === 0;
    const focused = document.activeElement?.dataset?.key;
    this.list.replaceChildren(...names.map((word) => this.chip(word)));
    if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  chip(word) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = word;
    item.classList.toggle("struck", this.struck.has(word));
    item.classList.toggle("raised", this.raised.has(word));
    item.append(
      name,
      this.toggle(word, "▲", "Count double", this.raised, this.struck),
      this.toggle(word, "✕", "Strike out", this.struck, this.raised),
    );
    return item;
  }

  toggle(word, sign, says, own, other) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.title = says;
    button.dataset.key = `${says} ${word}`;
    button.setAttribute("aria-label", `${says}: ${word}`);
    button.setAttribute("aria-pressed", String(own.has(word)));
    button.addEventListener("click", () => {
      if (own === this.struck && this.added.delete(word)) {
        // An added word is taken away again.
      } else if (!own.delete(word)) {
        own.add(word);
        other.delete(word);
      }
      this.changed();
    });
    return button;
  }
}

function isWord(word) {
  return /[\p{L}\p{N}]/u.test(word);
}
