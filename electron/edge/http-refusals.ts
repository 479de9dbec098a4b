/** Why the edge itself turns a request away, each with its status and words, in OpenAI's error shape. */

interface Row {
  readonly status: number;
  readonly message: string;
  readonly code: string;
  readonly type?: 'rate_limit_error' | 'server_error';
  readonly headers?: Readonly<Record<string, string>>;
}

const ROWS = {
  'bad-host': { status: 400, code: 'bad_host', message: 'Exactly one Host header is needed.' },
  'foreign-host': {
    status: 403,
    code: 'foreign_host',
    message: 'This endpoint answers only to 127.0.0.1, localhost and [::1] with its own port.',
  },
  'foreign-origin': {
    status: 403,
    code: 'foreign_origin',
    message: 'This endpoint does not answer web pages.',
  },
  'wrong-token': {
    status: 401,
    code: 'invalid_api_key',
    message: 'The API key is missing or wrong; Lull’s settings say in which file it is.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  'no-route': { status: 404, code: 'unknown_url', message: 'There is nothing at this address.' },
  'wrong-method': {
    status: 405,
    code: 'method_not_allowed',
    message: 'This address does not take that method.',
  },
  'wrong-type': {
    status: 415,
    code: 'unsupported_media_type',
    message: 'The body must be uncompressed JSON: content-type application/json.',
  },
  'no-length': {
    status: 411,
    code: 'length_required',
    message: 'A body is needed, with its content-length or in chunks.',
  },
  'too-large': { status: 413, code: 'body_too_large', message: 'The body is larger than 4 MiB.' },
  'not-json': {
    status: 400,
    code: 'invalid_json',
    message: 'The body is not valid JSON in UTF-8.',
  },
  'head-too-large': {
    status: 431,
    code: 'headers_too_large',
    message: 'The headers are larger than 16 KiB.',
  },
  'too-slow': { status: 408, code: 'request_timeout', message: 'The request took too long.' },
  malformed: { status: 400, code: 'malformed_request', message: 'This is not valid HTTP.' },
  busy: {
    status: 429,
    type: 'rate_limit_error',
    code: 'too_many_requests',
    message: 'Too many requests are being answered at once; try again in a moment.',
    headers: { 'retry-after': '1' },
  },
  internal: {
    status: 500,
    type: 'server_error',
    code: 'internal_error',
    message: 'Something went wrong inside Lull.',
    headers: { 'x-should-retry': 'false' },
  },
} as const satisfies Record<string, Row>;

export type RefusalKind = keyof typeof ROWS;

export interface HttpRefusal {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export function refusalFor(kind: RefusalKind): HttpRefusal {
  const row: Row = ROWS[kind];
  const type = row.type ?? 'invalid_request_error';
  return {
    status: row.status,
    body: { error: { message: row.message, type, param: null, code: row.code } },
    headers: row.headers ?? {},
  };
}
