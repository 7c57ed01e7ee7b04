// Reads expressions, a line each; writes what spdx-expression-parse makes of each
// in the spelling of spdx_print, or "-".  Says on stdin's behalf nothing of ids
// that it does not know: it refuses those, Headwater does not.
'use strict'
const parse = require('spdx-expression-parse')
const loose = { and: 1, or: 0 }

function print (node) {
	if (node.license !== undefined) {
		return node.license + (node.plus ? '+' : '') +
			(node.exception ? ' WITH ' + node.exception : '')
	}
	const side = child => child.conjunction !== undefined &&
		loose[child.conjunction] < loose[node.conjunction]
		? '(' + print(child) + ')' : print(child)
	return side(node.left) + ' ' + node.conjunction.toUpperCase() + ' ' +
		side(node.right)
}

for (const line of require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1)) {
	try {
		console.log(print(parse(line)))
	} catch (e) {
		console.log('-')
	}
}
