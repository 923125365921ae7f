type ReplyBody = string | Buffer | AsyncIterable<string | Buffer>;

/** The reply of a route. A streamed body is read only as fast as the client reads it. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: ReplyBody;
}

/** Thrown anywhere below a route to end the request with `reply`. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.reply = reply;
  }
}

export function emptyReply(status: number): Reply {
  return { status };
}

export function textReply(status: number, text: string): Reply {
  return { status, headers: { 'Content-Type': 'text/plain;charset=utf-8' }, body: text };
}

export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json;charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/** NDJSON as Scarf writes it: one JSON text and a newline per element. */
export function ndjsonReply(values: Iterable<unknown>): Reply {
  async function* write(): AsyncGenerator<string> {
    let text = '';
    for (const value of values) {
      text += `${JSON.stringify(value)}\n`;
      if (text.length < 65_536) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
  return { status: 200, headers: { 'Content-Type': 'application/x-ndjson' }, body: write() };
}
