/** `spent`: money that was or will be billed. `equivalent`: plan usage at list prices, never added to spent money. In the order they are shown. */
export const COST_KINDS = ['spent', 'equivalent'] as const;
