// Makes valid payloads with json-schema-faker. The caller ends it where it takes too long.
import { createInterface } from "node:readline";
import { createGeneratorSync } from "json-schema-faker";

for await (const line of createInterface({ input: process.stdin })) {
  const { schema, count } = JSON.parse(line);
  const report = { stage: "any", status: "made", error: "", values: [] };
  const begun = process.cpuUsage();
  try {
    const generator = createGeneratorSync({ seed: 1 });
    for (let i = 0; i < count; i += 1) {
      const value = generator.generate(schema);
      if (value === undefined) throw new Error("undefined was made");
      report.values.push(value);
    }
  } catch (error) {
    Object.assign(report, { status: "refused", error: String(error).slice(0, 600), values: [] });
  }
  const used = process.cpuUsage(begun);
  report.seconds = (used.user + used.system) / 1e6;
  console.log(JSON.stringify({ reports: [report], end: "done" }));
}
