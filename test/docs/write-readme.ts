import { writeFileSync } from 'node:fs';
import { PROJECT_ROOT } from '../../lambdas/local/definition.ts';
import { readProjectFile } from './markdown.ts';
import { withWrittenTables } from './readme-tables.ts';

// npm run docs: writes the README's tables of what is carried and what is refused from PRE_VALIDATION's own lists.
writeFileSync(`${PROJECT_ROOT}README.md`, withWrittenTables(readProjectFile('README.md')));
