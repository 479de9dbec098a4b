// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Application, Enrolment, HubStorage, Model} from "./HubStorage.sol";
import {Redemption} from "./Redemption.sol";
import {Services} from "./Services.sol";
import {Stakes} from "./Stakes.sol";
import {TypedData} from "./TypedData.sol";

/// @title The settlement of relays on one chain in one ERC-20, without an owner.
///
/// Money: token units as uint96. Compute units: uint64. Price: token units per 1,000,000 compute
/// units. An application's one stake is shared by all its suppliers; each draw of a service may take
/// its part of the budget of an epoch, and as long as the stake covers R times the sum of the
/// budgets, whoever checked once is paid up to that part, whatever else happens.
///
/// To come on this storage and these signatures: draws from the epoch's seed (`Terms.pins` 0) with
/// seats per model; relays without a shared counter (sum trie, claim, proof) on the same draw words;
/// suppliers' stakes; contest by receipt against `Draw.ceiling`; keys of further devices; changes of
/// a royalty.
contract RelayHub is Stakes, Services, Redemption {
    constructor(
        IERC20 token_,
        uint32 epochSeconds_,
        uint32 redeemSeconds_,
        uint32 proofSeconds_,
        uint32 graceSeconds_
    )
        HubStorage(token_, epochSeconds_, redeemSeconds_, proofSeconds_, graceSeconds_)
        EIP712("Lull RelayHub", "1")
    {}

    /// What a supplier asks once per epoch and session. `solvent` is a promise for `epoch` if that
    /// has begun and its window is open. `draw` is the lowest one pinned to the supplier; without
    /// one, and without a budget, the allowance is 0.
    function quote(
        address application,
        bytes32 service,
        uint32 epoch,
        address supplier
    )
        external
        view
        returns (
            bool solvent,
            uint8 draw,
            uint96 allowance,
            uint96 paid,
            address hotKey,
            bool keyValid
        )
    {
        (hotKey, keyValid) = _keyAt(application, epoch);
        Enrolment storage enrolment = _enrolments[service][application];
        (uint256 budget, uint256 n, uint256 pins, ) = _termsAt(enrolment, epoch);
        Application storage app = _applications[application];
        solvent = budget > 0 && _isCovered(app, _sumBudgets(app));
        while (draw < n && _pinned(enrolment, pins, draw) != supplier) ++draw;
        if (draw < n) (, allowance, paid, ) = drawAt(application, service, epoch, draw);
    }

    /// Any draw of an epoch that is open or to come.
    function drawAt(
        address application,
        bytes32 service,
        uint32 epoch,
        uint8 draw
    ) public view returns (address supplier, uint96 allowance, uint96 paid, uint96 ceiling) {
        Enrolment storage enrolment = _enrolments[service][application];
        (uint256 budget, uint256 n, uint256 pins, ) = _termsAt(enrolment, epoch);
        if (draw >= n) return (address(0), 0, 0, 0);
        supplier = _pinned(enrolment, pins, draw);
        allowance = uint96(budget / n);
        uint256 slot = _slotOf(
            _draws[service][supplier][application],
            draw,
            epoch % windowEpochs
        );
        (uint256 lastEpoch, uint256 paidSoFar, uint256 highest) = _loadDraw(slot);
        if (lastEpoch == epoch) (paid, ceiling) = (uint96(paidSoFar), uint96(highest));
    }

    function termsAt(
        address application,
        bytes32 service,
        uint32 epoch
    ) external view returns (uint96 budget, uint8 draws) {
        (uint256 total, uint256 n, , ) = _termsAt(_enrolments[service][application], epoch);
        return (uint96(total), uint8(n));
    }

    function balanceOf(
        address application
    ) external view returns (uint96 balance, uint96 thawing, uint32 thawEndEpoch) {
        Application storage app = _applications[application];
        return (app.balance, app.thawing, app.thawEndEpoch);
    }

    /// R times this must be in the stake, and not thawing.
    function sumBudgetsOf(address application) external view returns (uint96) {
        return _sumBudgets(_applications[application]);
    }

    function creditOf(address owner) external view returns (uint256) {
        return _credits[owner];
    }

    function payoutOf(address supplier) external view returns (address) {
        return _payoutOf(supplier);
    }

    function model(bytes32 service) external view returns (Model memory) {
        return _models[service];
    }

    function sessionId(
        address application,
        bytes32 service,
        uint32 epoch,
        uint8 draw,
        address supplier,
        uint96 price
    ) external view returns (bytes32) {
        uint256 block_ = TypedData.openBlock(_domainSeparatorV4(), service, epoch, supplier);
        return TypedData.sessionId(block_, application, draw, price);
    }
}
