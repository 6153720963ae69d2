-- what is in the ledger is counted, as every minute: a balance reads what came since
select private.checkpoint_balances(10000);
