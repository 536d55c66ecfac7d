import { expect, it } from 'vitest';
import { compareBounds } from '../../lambdas/engine/catalog/partition-leaves.ts';

it('leaves come in the order of their bounds, level by level, what is unbounded first and the default last', () => {
  const ordered = [
    [`FOR VALUES FROM (MINVALUE) TO ('2024-01-01')`],
    [`FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')`],
    [`FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')`, `FOR VALUES IN ('de')`],
    [`FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')`, `FOR VALUES IN ('uk')`],
    [`FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')`, 'DEFAULT'],
    [`FOR VALUES FROM ('2024-10-01') TO (MAXVALUE)`],
    ['DEFAULT', 'FOR VALUES FROM (9) TO (10)'],
    ['DEFAULT', 'FOR VALUES FROM (10) TO (11)'],
  ];
  expect([...ordered].reverse().sort(compareBounds)).toEqual(ordered);
});
