/** Searches the model hub by name: a list of repositories, then what is in the first of them. */
import { AppError } from '../platform/app-error.ts';
import type { HubPlace } from './catalogue-schema.ts';
import { listedRepositories, repositoryFiles } from './hub-answer.ts';
import { MAX_FOUND, type HubFile } from './hub-messages.ts';

/** Repositories that are looked into; each costs a request. */
const MAX_LOOKED_INTO = 10;
const AT_ONCE = 4;
const MAX_LISTED = 30;

/** Fetches and parses one JSON document of bounded size. @throws AppError `hub-unreachable` */
export type FetchJson = (url: URL) => Promise<unknown>;

/**
 * @param baseUrl of the hub
 * @throws AppError `hub-unreachable`, with what it said
 */
export async function searchHub(
  text: string,
  baseUrl: string,
  fetchJson: FetchJson,
): Promise<readonly HubFile[]> {
  const base = hubBase(baseUrl);
  const list = new URL('api/models', base);
  list.search = new URLSearchParams({
    search: text,
    filter: 'gguf',
    sort: 'downloads',
    direction: '-1',
    limit: String(MAX_LISTED),
  }).toString();
  const listed = await fetchJson(list);
  const repositories = understood(() => listedRepositories(listed)).slice(0, MAX_LOOKED_INTO);
  const found = await eachOf(repositories, AT_ONCE, async (repository) => {
    const url = new URL(`api/models/${repository}?blobs=true`, base);
    try {
      return repositoryFiles(repository, await fetchJson(url), (place) => fileUrl(base, place));
    } catch {
      // One repository that cannot be read takes nothing from the others.
      return null;
    }
  });
  if (found.length > 0 && found.every((files) => files === null)) {
    throw new AppError('hub-unreachable', { details: 'It names models but does not show them.' });
  }
  return interleaved(found.filter((files) => files !== null)).slice(0, MAX_FOUND);
}

function hubBase(text: string): URL {
  const base = new URL(text.endsWith('/') ? text : `${text}/`);
  const isHere = base.protocol === 'http:' && base.hostname === '127.0.0.1';
  if (base.protocol === 'https:' || isHere) return base;
  throw new AppError('hub-unreachable', { details: 'Its address is not an https one.' });
}

/** The commit is part of it, so that it is the same file tomorrow. */
function fileUrl(base: URL, { repository, revision, path }: HubPlace): string {
  const file = path.split('/').map(encodeURIComponent).join('/');
  return new URL(`${repository}/resolve/${revision}/${file}`, base).href;
}

function understood<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    const details = 'Its answer is not one that Lull understands.';
    throw new AppError('hub-unreachable', { details, cause });
  }
}

/** The first file of each, then the second of each: nobody's many files hide the others. */
function interleaved(groups: readonly (readonly HubFile[])[]): readonly HubFile[] {
  const longest = Math.max(0, ...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_none, at) =>
    groups.flatMap((group) => group[at] ?? []),
  ).flat();
}

/** In order, with so many under way at a time. */
async function eachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    results.push(...(await Promise.all(items.slice(from, from + atOnce).map(work))));
  }
  return results;
}
