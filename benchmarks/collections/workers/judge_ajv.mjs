// Judges payloads with Ajv, formats included. The caller ends it where it takes too long.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const load = (name) => require(name).default;
const Ajv = load("ajv");
const addFormats = load("ajv-formats");
const options = { strict: false, allowUnionTypes: true, logger: false, validateSchema: true };

const make = (dialect) => {
  const has = (text) => dialect.includes(text);
  let ajv;
  if (has("draft-04")) ajv = new (load("ajv-draft-04"))(options);
  else if (has("2019-09")) ajv = new (load("ajv/dist/2019"))(options);
  else if (has("2020-12") || dialect === "") ajv = new (load("ajv/dist/2020"))(options);
  else {
    ajv = new Ajv(options);
    if (has("draft-06")) ajv.addMetaSchema(require("ajv/dist/refs/json-schema-draft-06.json"));
  }
  addFormats(ajv);
  return ajv;
};

const compile = (schemas) => {
  for (const schema of schemas) {
    try {
      const dialect = (typeof schema === "object" && schema.$schema) || "";
      return make(String(dialect)).compile(schema);
    } catch {
      // The next one is tried.
    }
  }
  return null;
};

for await (const line of createInterface({ input: process.stdin })) {
  const { schemas, values } = JSON.parse(line);
  const check = compile(schemas);
  const reports = [];
  if (check !== null) {
    for (const [index, value] of values.entries()) {
      let valid = null;
      try {
        valid = check(value);
      } catch {
        // Left unjudged.
      }
      reports.push({ index, valid });
    }
  }
  console.log(JSON.stringify({ reports, end: "done" }));
}
