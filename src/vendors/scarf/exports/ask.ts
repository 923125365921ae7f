/** Sends export requests to Scarf and interprets the answers. */
import { asObject } from '../../../json.ts';
import { STATUS_CODES } from 'node:http';
import type { DatasetReply } from '../../../contracts/dataset.ts';
import { Failure } from '../../../failure.ts';
import { explainReply } from '../../../http/explain.ts';
import { readReply } from '../../../http/reply/reply.ts';
import type { HttpStream, HttpReply } from '../../../http/client.ts';
import { isWebPage } from '../../../http/reply/web-page.ts';
import { parsedJson } from '../../json.ts';
import { retryAfterReply, retryAfterTransportError, ruleFor, type StatusRule } from '../../rules.ts';
import type { ScarfAccount } from '../account.ts';

/** Heavy queries take long to start, and tables are streamed while they are computed. */
const answerTimeoutMs = 300_000;

/** Status of an answer that holds a range of the whole (RFC 9110, section 15.3.7). */
const PARTIAL_CONTENT = 206;

/** Statuses of exports. GETs are harmless to repeat, so temporary errors are retried from the start. */
const EXPORT_STATUSES: readonly StatusRule[] = [
  { status: '400', verdict: 'refused', meaning: 'refused; "range-too-long" asks for halves instead' },
  { status: '404', verdict: 'misdirected', meaning: 'the owner or the artifact does not exist' },
  { status: '413', verdict: 'refused', meaning: 'refused' },
  { status: '422', verdict: 'refused', meaning: 'the selection is refused' },
];

export interface ExportQuestion {
  url: string;
  accept: string;
  /** Hint for a 404. */
  missingHint: string;
  /** Derives notes from the headers of a successful answer. */
  readNotes?: (headers: HttpStream['headers']) => { code: string; message: string }[];
  /** Whether the headers of a successful answer identify it as coming from Scarf, even without rows. */
  isMarked?: (headers: HttpStream['headers']) => boolean;
}

/** Sends one request. The caller consumes or destroys the body. Throws a Failure for refusals that end the run. */
export async function askForExport(
  account: ScarfAccount,
  question: ExportQuestion,
  signal: AbortSignal,
): Promise<DatasetReply> {
  const opened = await account.http.stream({
    method: 'GET',
    url: question.url,
    headers: { ...account.authorize(), accept: question.accept },
    signal,
    timeoutMs: answerTimeoutMs,
  });
  if (opened.kind === 'transport-error') {
    return { ...retryAfterTransportError(opened, account.errorContext), taken: 'no' };
  }
  if (opened.status >= 200 && opened.status < 300) {
    const { body, headers, shareRead } = opened;
    const stranger = notATable(opened);
    if (stranger !== undefined) {
      body.destroy();
      return { kind: 'retry', taken: 'no', why: 'transient', message: stranger };
    }
    const framed = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    const marked = question.isMarked?.(headers) === true;
    const notes = question.readNotes?.(headers) ?? [];
    return { kind: 'rows', body, shareRead, framed, marked, notes };
  }
  const reply = await readReply(opened);
  if (reply.kind === 'transport-error')
    return { ...retryAfterTransportError(reply, account.errorContext), taken: 'no' };
  return readRefusal(account, question, reply);
}

/** Why a successful answer is not a whole table: nobody asked for a range, and no table is a page. */
function notATable({ status, headers }: Pick<HttpStream, 'status' | 'headers'>): string | undefined {
  if (isWebPage({ headers, text: '' })) return `${status} with a web page`;
  return status === PARTIAL_CONTENT ? `${status} with a part of the table` : undefined;
}

function readRefusal(account: ScarfAccount, question: ExportQuestion, reply: HttpReply): DatasetReply {
  const { errorContext } = account;
  const message = `Scarf answered ${explainReply(reply)}`;
  if (reply.status === 400 && isRangeTooLong(reply.text)) return { kind: 'shorter', message };
  const { verdict } = ruleFor(reply.status, EXPORT_STATUSES);
  switch (verdict) {
    case 'credentials':
      throw new Failure('credentials', message, { hint: credentialsHint(account, reply.status) });
    case 'misdirected':
      throw new Failure('usage', message, {
        hint: reply.status === 404 ? question.missingHint : errorContext.hints.misdirected,
      });
    case 'refused':
    case 'declined':
      throw new Failure('usage', message, { hint: 'check the selection and the dates' });
    case 'smaller':
      return { kind: 'shorter', message };
    case 'taken':
    case 'busy':
    case 'closed':
    case 'doubtful':
    case 'session':
      return retryAfterReply('closed', reply, errorContext);
  }
}

/** Whether the code is `range-too-long` ("Scarf API v2, exports", 2023-05). */
function isRangeTooLong(text: string): boolean {
  const code = asObject(parsedJson(text))?.['code'];
  return code === 'range-too-long' || (typeof code !== 'string' && /range[- _]too[- _]long/i.test(text));
}

/** Hint for a refused token: who may export ("Scarf docs, Organizations" and "Billing and pricing", 2026-07). */
function credentialsHint(account: ScarfAccount, status: number): string {
  if (status === 401) {
    return 'check SCARF_API_TOKEN or --token-file; the token is found at https://app.scarf.sh under Settings';
  }
  const name = STATUS_CODES[status]?.toLowerCase() ?? '';
  return (
    `exports need a paid plan (Basic or Premium; aggregates also Starter) and a token of an Owner or Admin` +
    ` of "${account.owner}" (${name})`
  );
}
