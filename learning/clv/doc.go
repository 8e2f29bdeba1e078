// Package clv learns from purchases how customers buy and leave: who is still a customer, how often they will buy, what
// they spend and what they are worth over a stated horizon.
//
// A customer is a History: repeat purchases x, the time of the last one t_x and the age T, in weeks since the first
// purchase; Gather makes one from dated purchases. Fit learns a Process of buying and leaving (BGNBD, MBGNBD or
// ParetoNBD) and, where amounts allow it, the GammaGamma model of spending. The Model it returns answers for one
// customer at a time, is plain data, and is stored as JSON until the next fit.
//
// Everything is pure: no clock, no I/O, no randomness. A fit depends neither on the order of the customers nor on the
// number of cores. What cannot be learnt is refused in words (Refusal), and no NaN or infinity ever leaves the package.
package clv
