/** Finding a conversation by its title. */
import { expect, it } from 'vitest';
import { filterConversations } from '../../../renderer/features/rail/filter-conversations.ts';

const conversation = (id: string, title: string, updatedAtMs: number) => ({
  id,
  title,
  createdAtMs: 0,
  updatedAtMs,
});
const ALL = [
  conversation('a', 'Sorting in Python', 1),
  conversation('b', 'Letter to the landlord', 3),
  conversation('c', 'Python and letters', 2),
];
const found = (filter: string) => filterConversations(ALL, filter).map(({ id }) => id);

it('shows all, newest first, without a filter', () => {
  expect(found('  ')).toEqual(['b', 'c', 'a']);
});

it('wants every word, in any case and order', () => {
  expect(found('PYTHON')).toEqual(['c', 'a']);
  expect(found('letter python')).toEqual(['c']);
  expect(found('cobol')).toEqual([]);
});
