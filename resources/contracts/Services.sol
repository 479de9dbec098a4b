// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {
    Application,
    Enrolment,
    HubStorage,
    MAX_DRAWS,
    Model,
    PastTerms,
    Supplier,
    Terms
} from "./HubStorage.sol";
import {TypedData} from "./TypedData.sol";

/// @title Who offers what to whom: listings, suppliers, and applications' budgets.
abstract contract Services is HubStorage {
    uint16 public constant MAX_ROYALTY_BPS = 2_000;

    event ModelListed(
        bytes32 indexed service,
        address indexed source,
        bytes32 indexed ggufSha256,
        bytes32 weightsHash,
        uint16 royaltyBps,
        string uri
    );
    event SupplierRegistered(address indexed supplier, address indexed payout);
    event Enrolled(
        address indexed application,
        bytes32 indexed service,
        uint96 budget,
        uint8 draws,
        uint32 fromEpoch
    );
    event Pinned(
        address indexed application,
        bytes32 indexed service,
        uint8 draw,
        address indexed supplier
    );
    event BudgetSet(
        address indexed application,
        bytes32 indexed service,
        uint96 budget,
        uint32 fromEpoch
    );

    error RoyaltyTooHigh(uint16 royaltyBps);
    error AlreadyListed(bytes32 service);
    error UnknownService(bytes32 service);
    error NotPayout(address payout);
    error BadDrawCount(uint256 draws);
    error NotEnrolled();
    error NotCovered(uint256 needed);

    /// A change of the rate will use the second half of the checkpoint, two epochs ahead.
    function listModel(
        bytes32 ggufSha256,
        bytes32 weightsHash,
        uint16 royaltyBps,
        string calldata uri
    ) external returns (bytes32 service) {
        require(royaltyBps <= MAX_ROYALTY_BPS, RoyaltyTooHigh(royaltyBps));
        service = TypedData.serviceId(ggufSha256, msg.sender, weightsHash);
        require(_models[service].source == address(0), AlreadyListed(service));
        _models[service] = Model({
            source: msg.sender,
            royaltyBps: royaltyBps,
            nextRoyaltyBps: royaltyBps,
            nextFrom: 0,
            ggufSha256: ggufSha256
        });
        emit ModelListed(service, msg.sender, ggufSha256, weightsHash, royaltyBps, uri);
    }

    /// The key that serves chooses a payout once; from then on only that payout can hand on.
    function registerSupplier(address payout) external {
        _movePayout(msg.sender, payout);
    }

    function movePayout(address supplier, address payout) external {
        _movePayout(supplier, payout);
    }

    /// Pins draw j to `suppliers[j]`, each with an equal part of the budget. At once while no epoch
    /// of the application can be redeemed, otherwise from the next epoch on.
    function enrol(bytes32 service, uint96 budgetPerEpoch, address[] calldata suppliers) external {
        require(_models[service].source != address(0), UnknownService(service));
        require(budgetPerEpoch > 0, ZeroAmount());
        uint256 n = suppliers.length;
        require(n > 0 && n <= MAX_DRAWS, BadDrawCount(n));
        Application storage app = _applications[msg.sender];
        Enrolment storage enrolment = _enrolments[service][msg.sender];
        uint32 fromEpoch = _sumBudgets(app) == 0 ? currentEpoch() : currentEpoch() + 1;

        _moveBudget(app, enrolment.terms.nextBudget, budgetPerEpoch);
        Terms memory terms = _openNext(enrolment, fromEpoch);
        terms.nextBudget = budgetPerEpoch;
        terms.nextN = uint8(n);
        // Every epoch that can be redeemed and the next one have a set, so W + 1 sets in turn.
        terms.nextPins = uint8((terms.pins % (windowEpochs + 1)) + 1);
        enrolment.terms = terms;

        emit Enrolled(msg.sender, service, budgetPerEpoch, uint8(n), fromEpoch);
        for (uint256 draw = 0; draw < n; ++draw) {
            address supplier = suppliers[draw];
            require(supplier != address(0), ZeroAddress());
            enrolment.pinned[terms.nextPins * MAX_DRAWS + draw] = supplier;
            emit Pinned(msg.sender, service, uint8(draw), supplier);
        }
    }

    /// From the next epoch on; nothing ends the enrolment.
    function setBudget(bytes32 service, uint96 budgetPerEpoch) external {
        Application storage app = _applications[msg.sender];
        Enrolment storage enrolment = _enrolments[service][msg.sender];
        require(enrolment.terms.nextN > 0, NotEnrolled());
        uint32 fromEpoch = currentEpoch() + 1;
        _moveBudget(app, enrolment.terms.nextBudget, budgetPerEpoch);
        Terms memory terms = _openNext(enrolment, fromEpoch);
        terms.nextBudget = budgetPerEpoch;
        enrolment.terms = terms;
        emit BudgetSet(msg.sender, service, budgetPerEpoch, fromEpoch);
    }

    function _movePayout(address supplier, address payout) private {
        require(payout != address(0), ZeroAddress());
        address present = _payoutOf(supplier);
        // Registering the same again is no error, so that a start needs not ask first.
        bool again = present == payout && supplier == msg.sender;
        require(present == msg.sender || again, NotPayout(present));
        _suppliers[supplier] = Supplier(payout);
        emit SupplierRegistered(supplier, payout);
    }

    /// A raise counts at once and must be covered; a cut counts until no epoch that had the higher
    /// budget can be redeemed, and takes back what a raise in between needs.
    function _moveBudget(Application storage app, uint96 present, uint96 next) private {
        uint32 epoch = currentEpoch();
        uint96 sum = _sumBudgets(app);
        uint96 releasing = epoch < app.releaseEpoch ? app.releasing : 0;
        if (next < present) {
            releasing += present - next;
            app.releaseEpoch = epoch + windowEpochs;
        } else {
            uint96 raise = next - present;
            uint96 takenBack = raise < releasing ? raise : releasing;
            releasing -= takenBack;
            sum += raise - takenBack;
            require(
                raise == 0 || _isCovered(app, sum),
                NotCovered(uint256(reserveEpochs) * sum)
            );
        }
        app.releasing = releasing;
        app.sumBudgets = sum;
    }

    /// Makes room for terms that hold from `fromEpoch` on, and keeps the older ones for as long as
    /// their epochs can be redeemed.
    function _openNext(
        Enrolment storage enrolment,
        uint32 fromEpoch
    ) private returns (Terms memory terms) {
        terms = enrolment.terms;
        if (terms.nextFrom < fromEpoch) {
            for (uint32 epoch = _oldestOpenEpoch(); epoch < terms.nextFrom; ++epoch) {
                PastTerms storage past = enrolment.past[epoch % windowEpochs];
                if (past.epoch == epoch) continue;
                enrolment.past[epoch % windowEpochs] = PastTerms(
                    epoch,
                    terms.budget,
                    terms.n,
                    terms.pins
                );
            }
            (terms.budget, terms.n, terms.pins) = (
                terms.nextBudget,
                terms.nextN,
                terms.nextPins
            );
        }
        terms.nextFrom = fromEpoch;
    }
}
