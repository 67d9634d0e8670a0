// What every page does in a browser with scripts. Without them every page works as well; each module adds to its own part.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, PasswordInput, Radios, Tabs } from "./vendor/govuk.js";
import { guardAgainstDoubleTaps } from "./once.js";
import { keepOverTheLine } from "./line.js";
import { blanking } from "./blanking.js";
import { elevation } from "./elevation.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, PasswordInput, Radios, Tabs]) createAll(component);
keepOverTheLine();
guardAgainstDoubleTaps();
blanking();
elevation();

// The parts of a page bring their own module: <div data-script="body-map"> is begun by begin(element) of body-map.js.
const wanted = new Set([...document.querySelectorAll("[data-script]")].map((element) => element.dataset.script));
for (const name of wanted) import(`./${name}.js`).then((module) => {
  for (const element of document.querySelectorAll(`[data-script="${name}"]`)) module.begin(element);
});
