/**
 * What the OpenAI API knows and Lull does not do yet, as data: each is refused by name, never quietly ignored.
 *
 * Fields that do not change the answer are ignored, because clients send many: `user`, `metadata`, `store`,
 * `service_tier` other than `flex`, `safety_identifier`, `prompt_cache_key`, `prompt_cache_retention`, `parallel_tool_calls`,
 * `reasoning_effort`, `verbosity`, `cache_prompt`, `stream_options.include_obfuscation`, `name` of a message,
 * and every field that neither OpenAI's nor llama-server's API has.
 */

export interface Unsupported {
  readonly param: string;
  readonly message: string;
}

type Fields = Readonly<Record<string, unknown>>;

const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) ||
  (isFields(value) && Object.keys(value).length === 0);

/** Each field with the values that ask for nothing; `null` always does. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  tools: isEmpty,
  tool_choice: (value) => value === 'none' || value === 'auto',
  functions: isEmpty,
  function_call: (value) => value === 'none' || value === 'auto',
  response_format: (value) => isFields(value) && value['type'] === 'text',
  logit_bias: isEmpty,
  n: (value) => value === 1,
  modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
  audio: () => false,
  prediction: () => false,
  web_search_options: () => false,
  // What llama-server adds and what would change the answer.
  grammar: (value) => value === '',
  json_schema: isEmpty,
  repeat_penalty: (value) => value === 1,
  typical_p: (value) => value === 1,
  mirostat: (value) => value === 0,
  ignore_eos: (value) => value === false,
  n_predict: () => false,
  chat_template_kwargs: isEmpty,
};

const ROLES = ['tool', 'function'];
const PART_TYPES = ['image_url', 'input_audio', 'file', 'refusal'];
const MESSAGE_FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  tool_calls: isEmpty,
  function_call: () => false,
  audio: () => false,
};

/** The first unsupported thing in a body, or null; wrong types are not its business. */
export function findUnsupported(body: Fields): Unsupported | null {
  const field = firstAsked(body, FIELDS);
  if (field !== null) {
    const message =
      field === 'n' ? "Only one answer per request is supported: 'n' must be 1." : sentence(field);
    return { param: field, message };
  }
  const messages = body['messages'];
  if (!Array.isArray(messages)) return null;
  for (const [index, message] of messages.entries()) {
    const found = isFields(message) ? inMessage(message, `messages[${String(index)}]`) : null;
    if (found) return found;
  }
  return null;
}

function inMessage(message: Fields, at: string): Unsupported | null {
  const role = message['role'];
  if (typeof role === 'string' && ROLES.includes(role)) {
    return { param: `${at}.role`, message: `Messages of role '${role}' are not supported yet.` };
  }
  const field = firstAsked(message, MESSAGE_FIELDS);
  if (field !== null) return { param: `${at}.${field}`, message: sentence(field) };
  const parts = message['content'];
  if (!Array.isArray(parts)) return null;
  for (const [index, part] of parts.entries()) {
    const type: unknown = isFields(part) ? part['type'] : null;
    if (typeof type !== 'string' || !PART_TYPES.includes(type)) continue;
    return {
      param: `${at}.content[${String(index)}].type`,
      message: `Content parts of type '${type}' are not supported yet: only text is.`,
    };
  }
  return null;
}

function firstAsked(fields: Fields, table: typeof FIELDS): string | null {
  for (const [name, asksNothing] of Object.entries(table)) {
    const value = Object.hasOwn(fields, name) ? fields[name] : null;
    if (value !== null && value !== undefined && !asksNothing(value)) return name;
  }
  return null;
}

function sentence(field: string): string {
  return `'${field}' is not supported yet; leave it out.`;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
