/** Names a conversation after its first question. */

export const MAX_TITLE_LENGTH = 60;

export function titleFrom(question: string): string {
  const line = question.trim().replace(/\s+/g, ' ');
  const characters = Array.from(line);
  if (characters.length <= MAX_TITLE_LENGTH) return line || 'New chat';
  const cut = characters.slice(0, MAX_TITLE_LENGTH).join('');
  const lastSpace = cut.lastIndexOf(' ');
  return `${cut.slice(0, lastSpace > MAX_TITLE_LENGTH / 2 ? lastSpace : undefined)}…`;
}
