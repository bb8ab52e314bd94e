// Reads one JSON string of HTML a line, answers with one JSON list of html-validate's messages a line.
import { createInterface } from "node:readline";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const rules = {
  // Jinja writes void elements and long class lists as people do; neither concerns a reader of the page.
  "long-title": "off",
  // Jinja leaves spaces at line ends where a block was empty.
  "no-trailing-whitespace": "off",
  // Every button's type is said in the templates; attribute style is djlint's and the reviewers' matter.
  "attribute-boolean-style": "off",
  "attribute-empty-style": "off",
  "doctype-style": "off",
  // Style sheet and scripts come from our own server, never from another one.
  "require-sri": "off",
  // The ticked rows of a list share one name, as check boxes do.
  "form-dup-name": ["error", { shared: ["checkbox", "radio", "submit", "button", "reset"] }],
};
const page = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ["html-validate:recommended", "html-validate:document"], rules }),
);
const fragment = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended"],
    // What a fragment points to stands in the page that it goes into.
    rules: { ...rules, "no-missing-references": "off" },
  }),
);

for await (const line of createInterface({ input: process.stdin })) {
  const html = JSON.parse(line);
  const whole = /^\s*<!doctype/i.test(html);
  const report = await (whole ? page : fragment).validateString(html);
  const messages = report.results.flatMap((result) => result.messages);
  process.stdout.write(JSON.stringify(messages) + "\n");
}
