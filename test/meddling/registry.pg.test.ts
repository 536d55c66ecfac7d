import { testMeddling } from './matrix.ts';
import { ON_THE_REGISTRY } from './registry-cases.ts';

testMeddling('the registry', ON_THE_REGISTRY);
