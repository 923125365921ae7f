import tseslint from 'typescript-eslint';

const outside = 'Everything outside the process comes in as `machine` (src/machine.ts).';

const noOutsideGlobals = ['process', 'console', 'fetch', 'setTimeout', 'setInterval', 'setImmediate'].map(
  (name) => ({
    name,
    message: outside,
  }),
);

const calendar = 'Days, months and leap years are counted in one place (src/calendar.ts).';

/** `disk/output/partial-file.ts` has its own: a name that nobody can guess, a test neither. */
const noOwnChance = {
  name: 'node:crypto',
  importNames: ['randomBytes', 'randomUUID', 'randomInt', 'webcrypto'],
  message: `${outside} UUIDs are \`machine.uuid()\`.`,
};

const noOutsideProperties = [
  { object: 'Date', property: 'now', message: outside },
  { object: 'Math', property: 'random', message: outside },
  { object: 'performance', property: 'now', message: outside },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', 'reports/**', '.stryker-tmp/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/kernels/tsconfig.json', './src/page/report/client/tsconfig.json'],
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    // What runs in a browser has no machine.
    ignores: ['src/real-machine.ts', 'src/page/*/client/**'],
    rules: {
      'no-restricted-globals': ['error', ...noOutsideGlobals],
      'no-restricted-properties': ['error', ...noOutsideProperties],
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'node:process', message: outside }, noOwnChance] },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
    },
  },
  {
    files: ['src/disk/output/partial-file.ts', 'src/sandbox/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'node:process', message: outside }] }] },
  },
  {
    // The sandbox shares nothing with the client; kernels are no TypeScript.
    files: ['src/**/*.ts'],
    ignores: ['src/calendar.ts', 'src/sandbox/**', 'src/kernels/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Literal[value=86400000], Literal[value=86400]', message: calendar },
        {
          selector: 'CallExpression[callee.object.name="Date"][callee.property.name="UTC"]',
          message: calendar,
        },
      ],
    },
  },
  {
    // To TypeScript all of AssemblyScript's numbers are one type; to its own compiler they are not.
    files: ['src/kernels/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-type-assertion': 'off' },
  },
);
