// Reads AsyncAPI documents (files) and prints what the official parser says of each, as JSON.
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const parser = new Parser();
const found = {};
for (const path of process.argv.slice(2)) {
  const { document, diagnostics } = await parser.parse(await readFile(path, 'utf-8'));
  found[path] = {
    parsed: document !== undefined,
    operations: document?.operations().all().map((operation) => operation.id()) ?? [],
    diagnostics: diagnostics.map(({ severity, code, message, path: place }) => ({
      severity: ['error', 'warning', 'information', 'hint'][severity],
      code,
      message,
      place: place.join('/'),
    })),
  };
}
console.log(JSON.stringify(found));
