import tseslint from 'typescript-eslint';

const test = ['**/*.{spec,itest,e2e,contract}.{ts,tsx}', '**/test/**/*.ts', 'e2e/**', 'libs/testing/**'];

/** Types and style. Who may import whom is told once, in .dependency-cruiser.cjs. */
export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.venv/**',
      'libs/contracts/src/gen/**',
      '**/*.config.*',
      'tools/**',
      'libs/simd/kernels/**',
      '**/*.{js,mjs,cjs}',
      '.nx/**',
      '.noema/**',
      '.tools/**',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
      'one-var': ['error', 'never'],
      'max-len': [
        'error',
        { code: 120, ignoreUrls: true, ignoreRegExpLiterals: true, ignorePattern: '^import |^\\|' },
      ],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name="process"][property.name="env"]',
          message: "settings come from the service's config schema; process.env is read in main.ts only",
        },
        { selector: 'ExportAllDeclaration', message: 'name what is exported' },
      ],
    },
  },
  { files: ['libs/contracts/src/index.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.tsx'],
    rules: {
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: [
      '**/main.ts',
      '**/*main.ts',
      '**/worker.ts',
      '**/migrate.ts',
      '**/operate.ts',
      'apps/cli/**',
      'libs/host/**',
      'libs/local-servers/**',
      'bench/**',
      'apps/standalone/**',
      ...test,
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['apps/cli/**', 'bench/**', 'examples/**', '**/main.ts', ...test],
    rules: { 'no-console': 'off' },
  },
  {
    files: test,
    rules: Object.fromEntries(
      [
        'no-explicit-any',
        'no-unsafe-assignment',
        'no-unsafe-member-access',
        'no-unsafe-call',
        'no-unsafe-return',
        'no-unsafe-argument',
        'unbound-method',
        'no-non-null-assertion',
      ].map((r) => [`@typescript-eslint/${r}`, 'off']),
    ),
  },
);
