// expect: to return type 'Billing'
import Queuert

func mistake(_ chain: CompletedChain<ProvisionAccount>) -> Billing { chain.output }
