#include "daemon/publish.h"

#include "daemon/fault.h"
#include "daemon/indexer.h"
#include "daemon/metric.h"

void
publish(struct ledger *ledger, const struct sealing *sealing)
{
	FAULT("publish-before");
	published_put(ledger->published, &sealing->head,
	    span_of(sealing->note, sealing->note_len));
	metric_set(METRIC_TREE_SIZE, sealing->head.size);
	/* recovery publishes before the indexer is there */
	if (ledger->indexer != NULL)
		indexer_notice(ledger->indexer);
	FAULT("publish-after");
}
