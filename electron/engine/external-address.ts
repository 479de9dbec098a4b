/** Which addresses another server may have: what is sent there holds questions of this computer's owner and of others. */
import { AppError } from '../platform/app-error.ts';

/** @throws AppError `bad-request` */
export function assertAskable(baseUrl: string): void {
  if (isAskable(baseUrl)) return;
  const details = 'The address must be https, or http on this computer or its own network.';
  throw new AppError('bad-request', { details });
}

/** Whether an address may be asked: encrypted anywhere, in the clear on this computer and its own network only. */
export function isAskable(baseUrl: string): boolean {
  const url = URL.parse(baseUrl);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && isPrivate(url.hostname);
}

function isPrivate(host: string): boolean {
  if (host === 'localhost' || host === '[::1]') return true;
  const parts = host.split('.').map(Number);
  const [first, second] = parts;
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return false;
  if (first === 127 || first === 10) return true;
  return (first === 192 && second === 168) || (first === 172 && isBetween(second, 16, 31));
}

function isBetween(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most;
}
