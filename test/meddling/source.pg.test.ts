import { testMeddling } from './matrix.ts';
import { ON_THE_SOURCE } from './source-cases.ts';

testMeddling('the source', ON_THE_SOURCE);
