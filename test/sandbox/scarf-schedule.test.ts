import { describe, expect, it } from 'vitest';
import { openSandbox, scarfHeaders, type Opened } from './open.ts';

const path = '/v2/exports/sandbox/schedule-export';
const s3 = {
  cloud_service: 'aws-s3',
  s3_uri_destination: 'bucket/prefix',
  arn_role: 'arn:aws:iam::1:role/r',
};

async function call(
  sandbox: Opened,
  method: string,
  body?: unknown,
  contentType = 'application/json',
): Promise<Response> {
  const headers: Record<string, string> = { ...scarfHeaders };
  if (contentType !== '') headers['content-type'] = contentType;
  return fetch(sandbox.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
  });
}

describe('scheduled exports', () => {
  it('are created, listed, remembered and deleted', async () => {
    const sandbox = await openSandbox();
    const body = {
      cloud_service_spec: s3,
      package_ids: 'all',
      tracking_pixel_ids: 'none',
      include_company_rollups: true,
    };
    const created = (await (await call(sandbox, 'POST', body)).json()) as { id: string };
    expect(created).toMatchObject(body);
    expect(await (await call(sandbox, 'GET')).json()).toEqual([created]);
    const history = await fetch(`${sandbox.url}${path}-history`, { headers: scarfHeaders });
    expect(await history.json()).toMatchObject([{ export_id: created.id, file_name: 'scarf-test.csv' }]);
    expect((await call(sandbox, 'DELETE', { id: created.id })).status).toBe(204);
    expect((await call(sandbox, 'DELETE', { id: created.id })).status).toBe(404);
    expect(sandbox.vendors.scarf.schedules()).toEqual([]);
  });

  it('export no raw events unless told to', async () => {
    const sandbox = await openSandbox();
    expect(await (await call(sandbox, 'POST', { cloud_service_spec: s3 })).json()).toMatchObject({
      package_ids: 'none',
      tracking_pixel_ids: 'none',
    });
  });

  it('want JSON, also to be deleted', async () => {
    const sandbox = await openSandbox();
    for (const method of ['POST', 'DELETE']) {
      for (const contentType of ['', 'text/csv']) {
        const reply = await call(sandbox, method, { cloud_service_spec: s3 }, contentType);
        expect([reply.status, await reply.text()]).toEqual([415, '']);
      }
      expect((await call(sandbox, method)).status).toBe(400);
    }
    expect((await call(sandbox, 'DELETE', { id: 'x' })).status).toBe(400);
  });

  it.each([
    [{}, 400],
    [{ cloud_service_spec: { ...s3, cloud_service: 'azure' } }, 400],
    [{ cloud_service_spec: { ...s3, arn_role: undefined } }, 400],
    [{ cloud_service_spec: { ...s3, s3_uri_destination: 'bucket/file.csv' } }, 422],
    [{ cloud_service_spec: { ...s3, s3_uri_destination: 's3://bucket/prefix' } }, 422],
    [{ cloud_service_spec: s3, package_ids: 'some' }, 400],
  ])('refuse %j with %i', async (body, status) => {
    const sandbox = await openSandbox();
    expect((await call(sandbox, 'POST', body)).status).toBe(status);
    expect(sandbox.vendors.scarf.schedules()).toEqual([]);
  });

  it('may exist although the reply was lost', async () => {
    const faults = [{ route: 'schedule-create', kind: 'reset', at: 'after', times: 1 } as const];
    const sandbox = await openSandbox({ faults });
    await expect(call(sandbox, 'POST', { cloud_service_spec: s3 })).rejects.toThrow();
    expect(sandbox.vendors.scarf.schedules()).toHaveLength(1);
  });
});
