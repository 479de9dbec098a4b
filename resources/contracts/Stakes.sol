// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Application, HubStorage} from "./HubStorage.sol";

/// @title Money in and out: stakes with their thaw, and credits.
/// Tokens move in three functions only; deposits by permit, authorisation or Permit2 will be other
/// ways into `_deposit`.
abstract contract Stakes is HubStorage {
    using SafeERC20 for IERC20;

    event Deposited(address indexed application, address indexed from, uint96 amount);
    event ThawStarted(address indexed application, uint96 thawing, uint32 endEpoch);
    event ThawCancelled(address indexed application, uint96 thawing);
    event Withdrawn(address indexed application, uint96 amount);
    event Paid(address indexed owner, uint256 amount);

    error BalanceTooLow(uint256 available);
    error NothingThawing();
    error StillThawing(uint32 endEpoch);
    error InexactTransfer(uint256 received);
    error CreditTooLow(uint256 credit);

    /// Anyone may add to a stake; that never touches a thaw.
    function depositFor(address application, uint96 amount) external {
        _deposit(application, amount);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        // A token that takes a fee, and a callback that moved money, end here.
        require(received == amount, InexactTransfer(received));
    }

    /// Raising a thaw starts it anew. What thaws can still be collected, and no longer counts.
    function thaw(uint96 amount) external {
        require(amount > 0, ZeroAmount());
        Application storage app = _applications[msg.sender];
        uint96 thawing = app.thawing;
        uint256 free = app.balance > thawing ? app.balance - thawing : 0;
        require(amount <= free, BalanceTooLow(free));
        thawing += amount;
        // One more than W, as the current epoch has begun: never less than W whole epochs.
        uint32 endEpoch = currentEpoch() + windowEpochs + 1;
        app.thawing = thawing;
        app.thawEndEpoch = endEpoch;
        emit ThawStarted(msg.sender, thawing, endEpoch);
    }

    function cancelThaw() external {
        Application storage app = _applications[msg.sender];
        uint96 thawing = app.thawing;
        require(thawing > 0, NothingThawing());
        app.thawing = 0;
        emit ThawCancelled(msg.sender, thawing);
    }

    function withdraw() external {
        Application storage app = _applications[msg.sender];
        uint96 amount = app.thawing;
        // Without this a thaw never begun would count as one long over.
        require(amount > 0, NothingThawing());
        require(currentEpoch() >= app.thawEndEpoch, StillThawing(app.thawEndEpoch));
        if (amount > app.balance) amount = app.balance;
        app.thawing = 0;
        app.balance -= amount;
        emit Withdrawn(msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }

    /// Anyone may send it: the money goes to whom it belongs to.
    function withdrawCredit(address owner) external {
        uint256 amount = _credits[owner];
        require(amount > 0, CreditTooLow(0));
        _credits[owner] = 0;
        emit Paid(owner, amount);
        token.safeTransfer(owner, amount);
    }

    /// Turns earnings into a stake without a token moving.
    function stakeCredit(address application, uint96 amount) external {
        uint256 credit = _credits[msg.sender];
        require(amount <= credit, CreditTooLow(credit));
        unchecked {
            _credits[msg.sender] = credit - amount;
        }
        _deposit(application, amount);
    }

    function _deposit(address application, uint96 amount) private {
        require(application != address(0), ZeroAddress());
        require(amount > 0, ZeroAmount());
        _applications[application].balance += amount;
        emit Deposited(application, msg.sender, amount);
    }
}
