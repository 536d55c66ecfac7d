import { dependentCheck } from '../dependents.ts';

export const subscriptions = dependentCheck({
  code: 'Subscribed',
  kinds: ['subscription'],
  title: 'the table is not fed by a subscription',
  why: 'The subscription knows the table by its OID: the new one would receive nothing.',
  message: ({ identity, tableSql }) => `Subscription ${identity} feeds ${tableSql}, which is not carried over yet.`,
  remedy: ({ identity }) =>
    `ALTER SUBSCRIPTION ${identity} REFRESH PUBLICATION; -- once the publisher has taken the table out of the publication (ALTER PUBLICATION … DROP TABLE)`,
});
