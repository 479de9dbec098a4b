/** Builds the pages, one for each window: everything from our own origin, nothing inline, for the Chromium that ships. */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const PAGES = ['index.html', 'wallet.html'].map((name) =>
  resolve(import.meta.dirname, 'renderer', name),
);

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome146',
    // The polyfill calls fetch, which the page's policy forbids.
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { input: PAGES },
  },
});
