/** `help json`. */

/** The JSON documents, and what applies to all of them. */
export const JSON_DOCUMENTS = `For programs:

  --json            one JSON document on standard output when the command ends, also when it fails
  --report FILE     the same document in a file
  --progress json   events while it runs, one JSON object a line, on standard error

A delivery's document has "counts" (read = accepted + rejected + skipped + pending + unknown + unsent),
"thisRun", "inputs", "rejects", "warnings", "errors" and "exit", the exit code.
An export's document has received = written + duplicates + outside + rejected, and "gaps".

Every document has "schema", which is 1. Keys are only added while it stays the same. JSON
Schemas come with the package, in schemas/.

  $ scarf-cli import events.ndjson --json | jq .counts.rejected
  $ scarf-cli describe --json | jq '.commands[].path'
`;
