import type { EmulatorContext } from '../emulator.ts';
import { formatMicroseconds, isUuid, makeUuid } from '../identity.ts';
import { isObject } from '../wire/body.ts';
import type { Exchange } from '../wire/exchange.ts';
import { emptyReply, jsonReply, Refusal, type Reply } from '../wire/reply.ts';
import type { Route } from '../wire/router.ts';
import type { CheckAccess } from './access.ts';
import { readJsonObject } from './list-routes.ts';
import { cutPage } from './paging.ts';

/** A scheduled export as it was requested, with what the server adds. */
export type Schedule = Record<string, unknown> & { id: string; owner: string; created_at: string };

const SELECTORS = ['package_ids', 'tracking_pixel_ids'];
const OBJECT_KEY = /\.(csv|json|parquet|gz)$/i;

/**
 * Scheduled exports (Scarf docs, Exporting data, 2026-03). The replies are undocumented: the schedule is
 * returned as it was sent. Without selectors it exports no raw events, since 2026-03-23.
 */
export class ScheduleRegistry {
  private readonly schedules = new Map<string, Schedule>();
  private readonly history: Record<string, unknown>[] = [];
  private readonly checkAccess: CheckAccess;
  private readonly context: EmulatorContext;
  private readonly pageSize: number;

  constructor(checkAccess: CheckAccess, context: EmulatorContext, pageSize: number) {
    this.checkAccess = checkAccess;
    this.context = context;
    this.pageSize = pageSize;
  }

  all(): Schedule[] {
    return [...this.schedules.values()];
  }

  routes(): Route[] {
    const path = '/v2/exports/:owner/schedule-export';
    const route = (name: string, method: string, handle: Route['handle']): Route => {
      const fullPath = name === 'schedule-history' ? `${path}-history` : path;
      return { owner: 'scarf', name, method, path: fullPath, handle };
    };
    return [
      route('schedule-create', 'POST', (exchange) => this.create(exchange)),
      route('schedule-list', 'GET', (exchange) =>
        jsonReply(200, this.page(exchange, this.ofOwner(exchange), 'id')),
      ),
      route('schedule-delete', 'DELETE', (exchange) => this.remove(exchange)),
      route('schedule-history', 'GET', (exchange) => {
        const owner = this.checkAccess(exchange, 'raw-export');
        const own = this.history.filter((entry) => entry['owner'] === owner);
        return jsonReply(200, this.page(exchange, own, 'export_id'));
      }),
    ];
  }

  /** Limited to ten rows like the other lists (scarf-sh/scarf-skill, 2026-09-24; changelog of 2026-08-10). */
  private page<Row extends Record<string, unknown>>(exchange: Exchange, rows: Row[], key: string): Row[] {
    const isCursor = (row: Row, cursor: string): boolean => row[key] === cursor;
    return cutPage(rows, exchange.url, this.pageSize, isCursor).items;
  }

  private ofOwner(exchange: Exchange): Schedule[] {
    const owner = this.checkAccess(exchange, 'raw-export');
    return this.all().filter((schedule) => schedule.owner === owner);
  }

  private async create(exchange: Exchange): Promise<Reply> {
    const owner = this.checkAccess(exchange, 'raw-export');
    const wanted = await readJsonObject(exchange);
    checkDestination(wanted['cloud_service_spec']);
    for (const name of SELECTORS) checkSelector(wanted[name]);
    const created = formatMicroseconds(this.context.clock());
    const none = { package_ids: 'none', tracking_pixel_ids: 'none' };
    const schedule = { ...none, ...wanted, id: makeUuid(this.context.random), owner, created_at: created };
    this.schedules.set(schedule.id, schedule);
    this.history.push({
      export_id: schedule.id,
      owner,
      file_name: 'scarf-test.csv',
      status: 'done',
      created_at: created,
    });
    return jsonReply(200, schedule);
  }

  /** A DELETE with a JSON body; without its `Content-Type` the framework answers 415. */
  private async remove(exchange: Exchange): Promise<Reply> {
    const owner = this.checkAccess(exchange, 'raw-export');
    const { id } = await readJsonObject(exchange);
    if (typeof id !== 'string' || !isUuid(id)) return emptyReply(400);
    if (this.schedules.get(id.toLowerCase())?.owner !== owner) return emptyReply(404);
    this.schedules.delete(id.toLowerCase());
    return emptyReply(204);
  }
}

/** The destination is a bucket and a prefix, not the name of an object. */
function checkDestination(spec: unknown): void {
  if (!isObject(spec)) throw new Refusal(emptyReply(400));
  const service = spec['cloud_service'];
  if (service !== 'aws-s3' && service !== 'google-storage') throw new Refusal(emptyReply(400));
  if (service === 'google-storage') return;
  const destination = spec['s3_uri_destination'];
  if (typeof destination !== 'string' || typeof spec['arn_role'] !== 'string')
    throw new Refusal(emptyReply(400));
  if (OBJECT_KEY.test(destination) || destination.includes('://')) {
    const message = 's3_uri_destination is a bucket and a prefix, without an object key';
    throw new Refusal(jsonReply(422, { code: 'invalid-destination', message }));
  }
}

function checkSelector(value: unknown): void {
  if (value === undefined || value === 'all' || value === 'none') return;
  const isList = Array.isArray(value) && value.every((id) => typeof id === 'string');
  if (!isList) throw new Refusal(emptyReply(400));
}
