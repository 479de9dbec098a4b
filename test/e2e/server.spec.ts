/** Another server answers in the real app instead of the engine: asked for, counted, missed when it is gone, left again. */
import { expect, type Page } from '@playwright/test';
import { chunk, startOpenAiServer } from '../fakes/openai-server.ts';
import { ask, test } from './app.ts';
import { expectClean } from './clean.ts';
import { photograph } from './screenshots.ts';

const MODEL = 'the-same-model';

const goTo = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('button', { name, exact: true }).click();

const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** The section at the bottom, with as much of Engine above it as fits. */
async function show(page: Page): Promise<void> {
  await card(page, 'Another server').evaluate((element) => {
    element.scrollIntoView({ block: 'end' });
  });
}

test('another server is asked instead of the engine, says so everywhere, and is left again', async ({
  launch,
}) => {
  const server = await startOpenAiServer([MODEL], (response) => {
    response.write(chunk('The other server '));
    response.write(chunk('knows the answer.'));
    response.end(chunk(null, 'stop'));
  });
  const { host } = new URL(server.baseUrl);
  try {
    const { app, page } = await launch();
    await expect(page.getByText('Nothing you type leaves it.', { exact: false })).toBeVisible();
    await page.keyboard.press('Control+,');
    const section = card(page, 'Another server');
    const state = section.getByRole('status');
    await expect(state).toHaveText('Off: Lull’s own engine answers.');

    // By keyboard alone: what is wrong is said beside its field, and the focus is where to mend it.
    const address = section.getByRole('textbox', { name: 'Address' });
    const model = section.getByRole('textbox', { name: 'Name of the model there' });
    await address.focus();
    await page.keyboard.press('Enter');
    await expect(address).toHaveAccessibleDescription('Write the address of the server.');
    await expect(model).toHaveAttribute('aria-invalid', 'true');
    await expect(address).toBeFocused();
    await page.keyboard.type('http://example.org/v1');
    await page.keyboard.press('Enter');
    await expect(address).toHaveAccessibleDescription(/^Use https/);
    await expectClean(page);
    await photograph(app, page, '50-server-faults', () => show(page));
    await address.fill(server.baseUrl);
    await page.keyboard.press('Tab');
    await page.keyboard.type(MODEL);
    await page.keyboard.press('Enter');
    await expect(state).toHaveText('In use: the next question goes to it.');
    await expect(section).toBeFocused();

    await page.getByRole('button', { name: 'New chat' }).click();
    await expect(page.getByText(`Answers are written by the server at ${host}`)).toBeVisible();
    await photograph(app, page, '51-server-chat');
    await ask(page, 'Who answers?');
    await expect(page.getByText('The other server knows the answer.').first()).toBeVisible();
    await expect(page.getByRole('list', { name: 'About this answer' })).toBeVisible();
    await expect(page.getByText(`the server at ${host}`, { exact: true })).toBeVisible();
    expect(server.asked).toMatchObject([
      { model: MODEL, messages: [{ role: 'user', content: 'Who answers?' }] },
    ]);
    await photograph(app, page, '52-server-answer');

    await goTo(page, 'Settings');
    await expect(state).toHaveText('In use: it was there when Lull last asked.');
    await expect(card(page, 'Engine')).toContainText(`the server at ${host}`);
    await expect(card(page, 'Engine')).not.toContainText('0 of 0');
    await expectClean(page);
    await photograph(app, page, '53-server-used', () => show(page));

    await server.close();
    await card(page, 'Engine').getByRole('button', { name: 'Restart engine' }).click();
    await expect(state).toHaveText('In use: the next question goes to it.');
    await page.getByRole('button', { name: 'New chat' }).click();
    await ask(page, 'Are you there?');
    await expect(page.getByText('The server that should answer').first()).toBeVisible();
    await goTo(page, 'Settings');
    await expect(state).toHaveText(/^Not answering: it cannot be reached .* asks it again\.$/);
    await expect(section).toContainText('Start that server');
    await expectClean(page);
    await photograph(app, page, '54-server-gone', () => show(page));

    await section.getByRole('button', { name: 'Stop using it' }).press('Enter');
    await expect(state).toHaveText('Off: Lull’s own engine answers.');
    await expect(section).toBeFocused();
    await expect(address).toHaveValue(server.baseUrl);
    await page.getByRole('button', { name: 'New chat' }).click();
    await ask(page, 'And who answers now?');
    await expect(page.getByRole('list', { name: 'About this answer' })).toBeVisible();
    expect(server.asked).toHaveLength(1);
  } finally {
    await server.close().catch(() => undefined);
  }
});
