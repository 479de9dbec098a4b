/** What the linter refuses; warnings count as errors. */
import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { importDirection } from './scripts/import-direction.mjs';

const MAX_LINES = 300;
const MAX_TEST_LINES = 400;
const TESTS = ['test/**'];
const SCRIPTS = ['{scripts,build}/**/*.mjs', 'test/unit/scripts/**/*.mjs', 'eslint.config.js'];
/** Their tools ask for a default export. */
const CONFIGS = ['*.config.ts', 'eslint.config.js', 'build/*.mjs'];

const DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name, so that every file calls it the same.',
};

export default defineConfig(
  globalIgnores(['dist/', 'release/', 'test-results/', 'screenshots/']),
  {
    files: ['**/*.{ts,tsx,mjs,js}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'renderer/tsconfig.json', 'scripts/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { lull: { rules: { 'import-direction': importDirection } } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'lull/import-direction': 'error',
      'max-lines': ['error', MAX_LINES],
      'no-console': 'off',
      'no-restricted-syntax': ['error', DEFAULT_EXPORT],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Ports are objects of closures, so their methods have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
  },
  {
    files: TESTS,
    rules: {
      'max-lines': ['error', MAX_TEST_LINES],
      // A fake keeps the shape of its port, which may well be asynchronous.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: SCRIPTS,
    rules: {
      // JSDoc says which type a value has, but cannot import one without naming its file.
      '@typescript-eslint/consistent-type-imports': 'off',
      // The compiler sees a cast written in JSDoc; these rules look through it.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
    },
  },
  {
    files: CONFIGS,
    rules: { 'no-restricted-syntax': 'off' },
  },
);
