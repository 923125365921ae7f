/** A real server on loopback that answers from a script and records its requests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Question {
  method: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  /** The body, decompressed. */
  text: string;
}

/** What to answer: a status and a body (an object is sent as JSON), or full control over the sockets. */
export type Scripted =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export interface ScriptedServer {
  url: string;
  questions: Question[];
  close(): Promise<void>;
}

/** Answers in the order of `script`, the last again and again; or as a function of the question says. */
export async function startScriptedServer(
  script: readonly Scripted[] | ((question: Question) => Scripted),
): Promise<ScriptedServer> {
  const questions: Question[] = [];
  const server = createServer((request, response) => {
    void receive(request).then(
      (question) => {
        questions.push(question);
        const answer =
          typeof script === 'function'
            ? script(question)
            : script[Math.min(questions.length, script.length) - 1];
        reply(answer ?? { status: 500 }, request, response);
      },
      () => undefined,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    questions,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function receive(request: IncomingMessage): Promise<Question> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    text: text.toString('utf8'),
  };
}

function reply(answer: Scripted, request: IncomingMessage, response: ServerResponse): void {
  if (typeof answer === 'function') {
    answer(request, response);
    return;
  }
  const { status, headers = {}, body } = answer;
  const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
  response.writeHead(status, headers).end(text);
}
