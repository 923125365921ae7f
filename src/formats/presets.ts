/** Dialects and logs that many people have, each in one word: the one table of them, from which help, docs and settings follow. */
import type { LogField, LogFieldNames } from '../contracts/log-fields.ts';

/** Values of options by their names, as if each had been given by its flag. */
export interface PresetOptions {
  format?: 'csv' | 'tsv' | 'log';
  delimiter?: string;
  quote?: string;
  escape?: string;
  escapeAll?: boolean;
  null?: readonly string[];
  comment?: string;
  ragged?: 'reject' | 'pad' | 'truncate' | 'fit';
  header?: string;
  only?: string;
  encoding?: string;
  decimal?: ',';
  timeFormat?: string;
  type?: readonly string[];
}

export interface Preset {
  name: string;
  /** What it reads, for people. */
  reads: string;
  /** Where the format is described, with the date of the page. */
  source: string;
  options: PresetOptions;
  /** Of logs: the columns or keys that hold what vendors have fields for. */
  fields?: Readonly<Partial<Record<LogField, string>>>;
}

const CLF_COLUMNS = 'remote_host,ident,user,time,request,status,bytes';
const CLF_FIELDS = { time: 'time', address: 'remote_host' } as const;

/** The day comes first in Europe, whatever stands between; years first are read by themselves. */
const EUROPEAN_TIMES = ['.', '/', '-']
  .map((dash) => ['%d', '%m', '%Y'].join(dash))
  .flatMap((day) => [`${day} %H:%M:%S`, `${day} %H:%M`, day])
  .join('%|');

export const PRESETS: readonly Preset[] = [
  {
    name: 'excel-eu',
    reads:
      'CSV of Excel in Europe: semicolons, decimal commas, days first, Windows-1252 or UTF-8 with its mark',
    source: 'Microsoft Support, Import or export text files, 2026',
    options: {
      format: 'csv',
      delimiter: ';',
      encoding: 'windows-1252',
      decimal: ',',
      timeFormat: EUROPEAN_TIMES,
    },
  },
  {
    name: 'mysql',
    reads: 'SELECT … INTO OUTFILE of MySQL, mysqldump --tab: no header',
    source: 'MySQL 8.4 Reference Manual, SELECT ... INTO Statement, 2026',
    options: { format: 'tsv', escape: '\\', null: ['\\N'], header: 'none' },
  },
  {
    name: 'postgres-copy',
    reads: 'COPY … TO of PostgreSQL in its text format: no header',
    source: 'PostgreSQL 18 documentation, COPY, 2026',
    options: { format: 'tsv', escape: '\\', null: ['\\N'], comment: '\\.', header: 'none' },
  },
  {
    name: 'redshift',
    reads: 'UNLOAD of Amazon Redshift with ESCAPE, ADDQUOTES or both: no header',
    source: 'Amazon Redshift Database Developer Guide, UNLOAD, 2026',
    options: { format: 'csv', delimiter: '|', escape: '\\', escapeAll: true, header: 'none' },
  },
  {
    name: 'cloudfront',
    reads: 'standard logs of Amazon CloudFront; names from the #Fields line where there is one',
    source: 'Amazon CloudFront Developer Guide, Standard logging reference, 2026',
    options: {
      format: 'tsv',
      comment: '#',
      null: ['-'],
      header: `fields:${[
        'date,time,x-edge-location,sc-bytes,c-ip,cs-method,cs(Host),cs-uri-stem,sc-status,cs(Referer),cs(User-Agent)',
        'cs-uri-query,cs(Cookie),x-edge-result-type,x-edge-request-id,x-host-header,cs-protocol,cs-bytes,time-taken',
        'x-forwarded-for,ssl-protocol,ssl-cipher,x-edge-response-result-type,cs-protocol-version,fle-status',
        'fle-encrypted-fields,c-port,time-to-first-byte,x-edge-detailed-result-type,sc-content-type,sc-content-len',
        'sc-range-start,sc-range-end',
      ].join(',')}`,
      type: ['cs(User-Agent):urlencoded', 'cs(Referer):urlencoded'],
    },
    fields: {
      time: 'date+time',
      address: 'c-ip',
      agent: 'cs(User-Agent)',
      referrer: 'cs(Referer)',
      domain: 'x-host-header',
      method: 'cs-method',
      url: 'cs-uri-stem',
    },
  },
  {
    name: 'alb',
    reads:
      'access logs of AWS Application Load Balancers; fields that AWS adds behind the known ones are left out',
    source: 'Elastic Load Balancing, Access logs for your Application Load Balancer, 2026',
    options: {
      format: 'log',
      null: ['-'],
      ragged: 'fit',
      header: [
        'type,time,elb,client,target,request_processing_time,target_processing_time,response_processing_time',
        'elb_status_code,target_status_code,received_bytes,sent_bytes,request,user_agent,ssl_cipher,ssl_protocol',
        'target_group_arn,trace_id,domain_name,chosen_cert_arn,matched_rule_priority,request_creation_time',
        'actions_executed,redirect_url,error_reason,target_list,target_status_code_list,classification',
        'classification_reason,conn_trace_id,transformed_host,transformed_uri,request_transform_status',
      ].join(','),
      type: ['client:address'],
    },
    fields: { time: 'time', address: 'client', agent: 'user_agent', domain: 'domain_name' },
  },
  {
    name: 'clf',
    reads: 'Common Log Format: Apache, nginx and many others',
    source: 'Apache HTTP Server 2.4, Log Files, 2026',
    options: { format: 'log', null: ['-'], header: CLF_COLUMNS },
    fields: CLF_FIELDS,
  },
  {
    name: 'combined',
    reads: 'Combined Log Format: Common with referrer and user agent',
    source: 'Apache HTTP Server 2.4, Log Files, 2026',
    options: { format: 'log', null: ['-'], header: `${CLF_COLUMNS},referer,user_agent` },
    fields: { ...CLF_FIELDS, agent: 'user_agent', referrer: 'referer' },
  },
  {
    name: 's3-access',
    reads: 'server access logs of Amazon S3; fields that AWS adds behind the known ones are left out',
    source: 'Amazon S3 User Guide, Server access log format, 2026',
    options: {
      format: 'log',
      null: ['-'],
      ragged: 'fit',
      header: [
        'bucket_owner,bucket,time,remote_ip,requester,request_id,operation,key,request_uri,http_status,error_code',
        'bytes_sent,object_size,total_time,turn_around_time,referer,user_agent,version_id,host_id,signature_version',
        'cipher_suite,authentication_type,host_header,tls_version,access_point_arn,acl_required',
      ].join(','),
    },
    fields: {
      time: 'time',
      address: 'remote_ip',
      agent: 'user_agent',
      referrer: 'referer',
      domain: 'host_header',
    },
  },
  {
    name: 'fastly',
    reads:
      'logs of Fastly as it writes them by default: JSON, or Common Log Format, behind a syslog prefix or not',
    source: 'Fastly Documentation, Custom log formats and Changing log line formats, 2026',
    options: {
      format: 'log',
      null: ['-'],
      header: 'client_ip,ident,user,timestamp,request,response_status,response_body_size',
    },
    fields: {
      time: 'timestamp',
      address: 'client_ip',
      agent: 'request_user_agent',
      referrer: 'request_referer',
      domain: 'host',
      method: 'request_method',
      url: 'url',
    },
  },
  {
    name: 'docker-registry',
    reads: 'requests in logs of the Docker registry (distribution): its text or JSON, else its access lines',
    source: 'CNCF Distribution, Configuring a registry, log, 2026',
    options: {
      format: 'log',
      null: ['-'],
      only: 'response completed',
      header:
        'http.request.remoteaddr,ident,user,time,request,status,bytes,http.request.referer,http.request.useragent',
      type: ['http.request.remoteaddr:address'],
    },
    fields: {
      time: 'time',
      address: 'http.request.remoteaddr',
      agent: 'http.request.useragent',
      referrer: 'http.request.referer',
      domain: 'http.request.host',
      method: 'http.request.method',
      url: 'http.request.uri',
    },
  },
  {
    name: 'github-traffic',
    reads: "clones or views of GitHub's API: a day is a row, with its count and uniques",
    source: 'GitHub Docs, REST API endpoints for repository traffic, 2022-11-28',
    options: {},
    fields: { time: 'timestamp' },
  },
];

/** The preset of this name; undefined when there is none. */
export function findPreset(name: string | undefined): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}

/** What a preset stands for, by the names of options. `names`: the fields of the vendor that the rows go to. */
export function presetValues(preset: Preset, names: LogFieldNames): Readonly<Record<string, unknown>> {
  const map = presetMap(preset, names);
  return { ...preset.options, ...(map.length === 0 ? {} : { map }) };
}

function presetMap({ fields = {} }: Preset, names: LogFieldNames): string[] {
  return Object.entries(fields).flatMap(([field, from]) => {
    const to = names[field as LogField];
    return to === undefined ? [] : [`${from}=${to}`];
  });
}
