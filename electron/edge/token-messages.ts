/** Reads by hand what comes with every few tokens; whatever is not plainly such a message is left to the schemas. */
import type { RelayChunk } from '../protocol/wire-relay.ts';
import type { FromEdge, ToEdge } from './messages.ts';
import { MAX_STREAMS } from './peer-messages.ts';

/** All within what the schemas allow. */
const MAX_TEXT_LENGTH = 4_096;
const MAX_TOKENS = 1_024;
const MAX_EVENTS = 64;
const UINT32_MAX = 2 ** 32 - 1;

type Fields = Readonly<Record<string, unknown>>;

/** @returns null for what is no chunk, and for one that the schema of relay events has to look at */
export function readChunk(value: unknown): RelayChunk | null {
  if (!hasFields(value, 4) || value['type'] !== 'chunk') return null;
  const { number, text, tokenIds } = value;
  if (!isWithin(number, 0, UINT32_MAX) || !isListOf(tokenIds, MAX_TOKENS, isTokenId)) return null;
  if (typeof text !== 'string' || text.length > MAX_TEXT_LENGTH) return null;
  return { type: 'chunk', number, text, tokenIds };
}

/** @returns null for what `fromEdgeSchema` has to look at */
export function readCallEvents(value: unknown): Extract<FromEdge, { type: 'call-events' }> | null {
  if (!hasFields(value, 2) || value['type'] !== 'call-events') return null;
  const { streams } = value;
  if (!isListOf(streams, MAX_STREAMS, isStream) || streams.length === 0) return null;
  const read: { readonly id: number; readonly events: readonly RelayChunk[] }[] = [];
  for (const { id, events } of streams) {
    const chunks: RelayChunk[] = [];
    for (const event of events) {
      const chunk = readChunk(event);
      if (chunk === null) return null;
      chunks.push(chunk);
    }
    read.push({ id, events: chunks });
  }
  return { type: 'call-events', streams: read };
}

/** @returns null for what `toEdgeSchema` has to look at */
export function readPeerEvents(value: unknown): Extract<ToEdge, { type: 'peer-events' }> | null {
  if (!hasFields(value, 2) || value['type'] !== 'peer-events') return null;
  const { streams } = value;
  if (!isListOf(streams, MAX_STREAMS, isTextStream)) return null;
  return { type: 'peer-events', streams };
}

/** Just so many: one that nobody asks for is found by the count. */
function hasFields(value: unknown, count: number): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === count;
}

function isListOf<Item>(
  value: unknown,
  max: number,
  isItem: (item: unknown) => item is Item,
): value is readonly Item[] {
  if (!Array.isArray(value) || value.length > max) return false;
  // By number, because `every` passes over gaps.
  for (let at = 0; at < value.length; at += 1) if (!isItem(value[at])) return false;
  return true;
}

function isStream(value: unknown): value is { id: number; events: readonly unknown[] } {
  return hasFields(value, 2) && isId(value['id']) && isListOf(value['events'], MAX_EVENTS, isAny);
}

function isTextStream(value: unknown): value is { id: number; events: readonly string[] } {
  return hasFields(value, 2) && isId(value['id']) && isListOf(value['events'], MAX_EVENTS, isText);
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function isTokenId(value: unknown): value is number {
  return isWithin(value, 0, UINT32_MAX);
}

function isId(value: unknown): value is number {
  return isWithin(value, 1, Number.MAX_SAFE_INTEGER);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isAny(value: unknown): value is unknown {
  return value !== undefined;
}
