// Package nextproduct learns from who bought what and when which product people are likely to buy next: what those with
// the same purchases bought afterwards.
//
// It counts pairs, product by product (item-to-item co-occurrence: Linden, Smith and York 2003, Amazon.com
// Recommendations, IEEE Internet Computing 7(1)), in the order of time: of the people who bought A and had no B, how
// many bought B within the window after. A pair becomes a Rule when enough people stand behind it and B is bought more
// often after A than after other products (lift; Brin, Motwani and Silverstein 1997, Beyond Market Baskets) by more than
// chance explains (Wilson 1927). Where no rule speaks, nothing is suggested.
//
// Everything is pure: no clock, no I/O, no randomness, and the order of the purchases makes no difference.
package nextproduct
