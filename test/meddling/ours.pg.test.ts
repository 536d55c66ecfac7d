import { testMeddling } from './matrix.ts';
import { ON_THE_FOLLOWER, ON_THE_LOG, ON_WHAT_CAPTURES } from './our-cases.ts';

testMeddling('what is ours', [
  ...ON_THE_FOLLOWER.map((one) => ({ ...one, what: `the copy or the old table: ${one.what}` })),
  ...ON_THE_LOG.map((one) => ({ ...one, what: `the log: ${one.what}` })),
  ...ON_WHAT_CAPTURES,
]);
