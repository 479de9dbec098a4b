/** Failures in the shape that clients of the OpenAI API read, with the HTTP status that belongs to each. */
import type { ErrorCode } from '../ipc/error-codes.ts';
import type { AppError } from '../platform/app-error.ts';
import type { HttpReply } from '../platform/http-reply.ts';

export interface OpenAiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

export interface OpenAiFailure {
  readonly status: number;
  readonly body: OpenAiErrorBody;
  readonly headers: Readonly<Record<string, string>>;
}

interface Row {
  readonly status: number;
  readonly type: 'invalid_request_error' | 'rate_limit_error' | 'server_error';
  readonly code: string;
  readonly param?: string;
  /** Seconds after which the same request may succeed; without it a client should not repeat it. */
  readonly retryAfterS?: number;
}

const SERVER = { status: 503, type: 'server_error' } as const;

const ROWS = {
  'bad-request': { status: 400, type: 'invalid_request_error', code: 'invalid_request' },
  // 499 is nobody's standard; proxies have long used it for "closed before it was answered".
  cancelled: { status: 499, type: 'invalid_request_error', code: 'cancelled' },
  'catalogue-damaged': { ...SERVER, code: 'catalogue_damaged' },
  'chain-unreachable': { ...SERVER, code: 'chain_unreachable', retryAfterS: 2 },
  'context-exceeded': {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
  },
  'data-folder-unusable': { ...SERVER, code: 'data_folder_unusable' },
  'disk-too-small': { ...SERVER, code: 'disk_too_small' },
  'download-changed': { ...SERVER, code: 'download_changed' },
  'download-damaged': { ...SERVER, code: 'download_damaged' },
  'download-failed': { ...SERVER, code: 'download_failed' },
  'disk-full': { ...SERVER, code: 'disk_full' },
  'endpoint-unavailable': { ...SERVER, code: 'endpoint_unavailable', retryAfterS: 2 },
  'endpoint-refused': { ...SERVER, code: 'endpoint_refused' },
  'engine-busy': { status: 429, type: 'rate_limit_error', code: 'engine_busy', retryAfterS: 1 },
  'engine-crashed': { ...SERVER, code: 'engine_crashed', retryAfterS: 1 },
  'engine-restarted': { ...SERVER, code: 'engine_restarted', retryAfterS: 1 },
  'engine-unavailable': { ...SERVER, code: 'engine_unavailable' },
  'export-failed': { ...SERVER, code: 'export_failed' },
  'external-unavailable': {
    status: 502,
    type: 'server_error',
    code: 'external_unavailable',
    retryAfterS: 2,
  },
  'hub-unreachable': { ...SERVER, code: 'hub_unreachable', retryAfterS: 2 },
  internal: { status: 500, type: 'server_error', code: 'internal_error' },
  'intent-expired': { ...SERVER, code: 'intent_expired' },
  'keys-sealed': { ...SERVER, code: 'keys_sealed' },
  'keys-unusable': { ...SERVER, code: 'keys_unusable' },
  'ledger-unusable': { ...SERVER, code: 'ledger_unusable' },
  'login-item-unavailable': { ...SERVER, code: 'login_item_unavailable' },
  'model-foreign': { ...SERVER, code: 'model_foreign' },
  'model-load-failed': { ...SERVER, code: 'model_load_failed' },
  'model-malformed': { ...SERVER, code: 'model_malformed' },
  'model-missing': { ...SERVER, code: 'model_missing' },
  'model-too-large': { ...SERVER, code: 'model_too_large' },
  'model-truncated': { ...SERVER, code: 'model_truncated' },
  'model-unreadable': { ...SERVER, code: 'model_unreadable' },
  'model-unsupported': { ...SERVER, code: 'model_unsupported' },
  'network-unavailable': { ...SERVER, code: 'network_unavailable', retryAfterS: 2 },
  'no-model': { ...SERVER, code: 'no_model' },
  'not-found': {
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    param: 'model',
  },
  'owner-returned': { ...SERVER, code: 'owner_returned', retryAfterS: 1 },
  'passphrase-weak': { status: 400, type: 'invalid_request_error', code: 'passphrase_weak' },
  'passphrase-wrong': { status: 403, type: 'invalid_request_error', code: 'passphrase_wrong' },
  'peer-broke-rules': { status: 502, type: 'server_error', code: 'peer_broke_rules' },
  'peer-unreachable': {
    status: 502,
    type: 'server_error',
    code: 'peer_unreachable',
    retryAfterS: 1,
  },
  'phrase-invalid': { status: 400, type: 'invalid_request_error', code: 'phrase_invalid' },
  'port-in-use': { ...SERVER, code: 'port_in_use' },
  'receipt-wrong': { status: 502, type: 'server_error', code: 'receipt_wrong' },
  refused: { status: 403, type: 'invalid_request_error', code: 'refused' },
  'relay-refused': { ...SERVER, code: 'relay_refused' },
  'governor-corrupt': { status: 500, type: 'server_error', code: 'internal_error' },
  'settings-corrupt': { status: 500, type: 'server_error', code: 'internal_error' },
  'signer-unavailable': { ...SERVER, code: 'signer_unavailable', retryAfterS: 2 },
  'signing-refused': { status: 403, type: 'invalid_request_error', code: 'signing_refused' },
  'stake-used-up': { status: 402, type: 'invalid_request_error', code: 'insufficient_quota' },
  'starter-failed': { ...SERVER, code: 'starter_failed' },
  'store-corrupt': { status: 500, type: 'server_error', code: 'internal_error' },
  'transaction-failed': { ...SERVER, code: 'transaction_failed' },
  'wallet-damaged': { ...SERVER, code: 'wallet_damaged' },
  'wallet-exists': { status: 409, type: 'invalid_request_error', code: 'wallet_exists' },
  'wallet-locked': { ...SERVER, code: 'wallet_locked' },
} as const satisfies Record<ErrorCode, Row>;

/** A request that the caller has to change; `param` names the field, as `messages[0].content` does. */
export function badRequest(message: string, param: string | null, code: string): OpenAiFailure {
  return {
    status: 400,
    body: { error: { message, type: 'invalid_request_error', param, code } },
    headers: {},
  };
}

/** What a failure inside Lull looks like to a client. */
export function failureFor(error: AppError): OpenAiFailure {
  const row: Row = ROWS[error.code];
  // What an unexpected error says about our insides is for the log, not for a client.
  const details = error.code === 'internal' ? undefined : error.details;
  return {
    status: row.status,
    body: {
      error: {
        message: words(error, details),
        type: row.type,
        param: row.param ?? null,
        code: row.code,
      },
    },
    headers: retryHeaders(row),
  };
}

function words(error: AppError, details: string | undefined): string {
  if (details === undefined) return error.message;
  // Its sentence speaks of things that a person saw before; a model name was only ever asked for.
  return error.code === 'not-found' ? details : `${error.message} ${details}`;
}

/** The official clients repeat 429 and 5xx by themselves unless `x-should-retry` says otherwise. */
function retryHeaders(row: Row): Readonly<Record<string, string>> {
  if (row.retryAfterS !== undefined) return { 'retry-after': String(row.retryAfterS) };
  return row.status >= 500 ? { 'x-should-retry': 'false' } : {};
}

export function sendFailure(reply: HttpReply, failure: OpenAiFailure): void {
  reply.json(failure.status, failure.body, failure.headers);
}
