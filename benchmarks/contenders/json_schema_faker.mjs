// Lines of payloads by json-schema-faker.
import { openSync, readFileSync, writeSync } from "node:fs";
import { createGeneratorSync } from "json-schema-faker";

const [schemaFile, count] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaFile, "utf8"));
const generator = createGeneratorSync({ seed: 1 });
const sink = openSync("/dev/null", "w");

const run = (n) => {
  for (let i = 0; i < n; i += 1) {
    writeSync(sink, JSON.stringify(generator.generate(schema)) + "\n");
  }
};

run(Math.max(1, Math.floor(Number(count) / 10)));
const begun = performance.now();
run(Number(count));
const rate = (Number(count) / (performance.now() - begun)) * 1000;
const own = JSON.parse(readFileSync("node_modules/json-schema-faker/package.json", "utf8"));
const versions = { "json-schema-faker": own.version, node: process.versions.node };
const payloads = Array.from({ length: 300 }, () => generator.generate(schema));
console.log(JSON.stringify({ rate, versions, count: payloads.length, payloads }));
