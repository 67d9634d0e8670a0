// How long the password is, while it is typed: the only rule that there is, in words and as a bar.
export function begin(element) {
  const field = document.getElementById(element.dataset.for);
  const said = element.querySelector(".length");
  const least = Number(element.dataset.least);
  const bar = document.createElement("meter");
  const words = document.createElement("span");
  Object.assign(bar, { max: least, low: least - 1, optimum: least });
  bar.setAttribute("aria-hidden", "true");
  said.append(bar, words);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${(said.id = "length")}`.trim());
  const tell = () => {
    const long = [...field.value.normalize("NFKC")].length;
    said.hidden = long === 0;
    bar.value = Math.min(long, least);
    words.textContent = long < least ? `${long} of at least ${least} characters` : `${long} characters: long enough`;
  };
  field.addEventListener("input", tell);
  tell();
}
